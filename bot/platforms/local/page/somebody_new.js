import * as api from "./api.js";
import { Refusal } from "./api.js";
import { askWithForm } from "./form_dialog.js";
import { changed, session } from "./session.js";

const LANGUAGES = [
  { value: "en", lang: "en", label: "English" },
  { value: "fr", lang: "fr", label: "Français" },
  { value: "es", lang: "es", label: "Español" },
  { value: "ar", lang: "ar", label: "العربية" },
  { value: "sw", lang: "sw", label: "Kiswahili" },
  { value: "pt", lang: "pt", label: "Português" },
];
const FORM = {
  title: "Somebody new",
  submit: "Come in",
  intro: [],
  fields: [
    {
      type: "text",
      name: "name",
      label: "Name",
      hint: "As others should see it.",
      required: true,
      initial: "",
      max_length: 80,
    },
    {
      type: "choice",
      name: "language",
      label: "Language",
      hint: "Baraza will write to this person in it.",
      required: true,
      initial: "en",
      choices: LANGUAGES,
    },
  ],
};

export function askSomebodyNew(become) {
  askWithForm(FORM, {
    submit: async ({ name, language }) => {
      if (!name) throw new Refusal("", { name: "Please give a name." });
      const person = await api.newPerson(name, language ?? "en");
      session.people = await api.people();
      changed("people");
      return person;
    },
    answered: (person) => become(person.id, { newcomer: true }),
  });
}
