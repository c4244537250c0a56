import * as api from "./api.js";
import { Refusal } from "./api.js";
import { askWithForm } from "./form_dialog.js";
import { placeIs, session } from "./session.js";

const FORM = {
  title: "New place",
  submit: "Create",
  intro: [],
  fields: [
    {
      type: "text",
      name: "name",
      label: "Name of the place",
      hint: "Short and clear, for example: water-supply",
      required: true,
      initial: "",
      max_length: 60,
    },
  ],
};

export function askForNewPlace(enter) {
  askWithForm(FORM, {
    submit: async ({ name }) => {
      if (!name) throw new Refusal("", { name: "Give the place a name." });
      return api.newPlace(session.me.id, name.replace(/^#/, ""));
    },
    answered: (place) => {
      placeIs(place);
      enter(place.id);
    },
  });
}
