// What the middle says when there is no conversation to show: one thing to do next.
import { make, words } from "./make.js";
import { joinPlace } from "./moves.js";
import { askForNewPlace } from "./new_place.js";
import { bareName } from "./place_names.js";
import { session } from "./session.js";
import { askSomebodyNew } from "./somebody_new.js";

export function drawWelcome({ enter, become, showPlaces }) {
  if (!session.me) return drawNobody(become);
  const channels = session.places.filter((place) => place.kind === "channel" && !place.archived);
  const joined = channels.filter((place) => place.joined);
  const title = make("h2", {}, "Welcome, ", words(session.me.name));
  if (joined.length) {
    return panel(title, "Choose a place to read what people are saying.",
      action(`Open ${bareName(joined[0])}`, () => enter(joined[0].id)), otherPlaces(showPlaces));
  }
  // The newcomer's way in is a place where Baraza is there to greet them.
  const first = channels.find((place) => place.has_bot) ?? channels[0];
  if (!first) {
    return panel(title, "There is no place to talk yet. Make the first one.", action("Make a place", () => askForNewPlace(enter)));
  }
  return panel(title, "Join a place to meet people. You can leave it again at any time.",
    action(`Start with #${bareName(first)}`, () => joinPlace(first, enter)), channels.length > 1 && otherPlaces(showPlaces));
}

function drawNobody(become) {
  return panel(make("h2", {}, "Welcome to Baraza"),
    "Choose who you are at the top of the page, or come in as somebody new.",
    action("Come in as somebody new", () => askSomebodyNew(become)));
}

function panel(title, sentence, ...rest) {
  return make("div", { class: "welcome" },
    make("img", { src: "/page/favicon.svg", alt: "", width: 64, height: 64 }), title, make("p", {}, sentence), ...rest);
}

function action(label, onclick) {
  return make("button", { type: "button", class: "main-button large", dir: "auto", "data-key": "first-step", onclick }, label);
}

// On a wide page the places are in view at the left; on a phone they are behind a button.
function otherPlaces(showPlaces) {
  return make("p", { class: "other-places" },
    make("span", { class: "wide-only faint" }, "Other places are listed on the left."),
    make("button", { type: "button", class: "quiet-button narrow-only", onclick: showPlaces }, "See the others"));
}
