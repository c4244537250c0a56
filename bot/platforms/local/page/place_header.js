// The line above the conversation: where I am, and what I can do about it.
import { keepingFocus } from "./focus.js";
import { make } from "./make.js";
import { inviteBaraza, leavePlace } from "./moves.js";
import { drawName } from "./place_names.js";
import { openPlace, whenChanged } from "./session.js";

export function placeHeader(enter) {
  const header = make("header", { class: "place-head" });
  whenChanged(["places", "open"], () => keepingFocus(header, () => draw(header, enter)));
  return header;
}

function draw(header, enter) {
  const place = openPlace();
  header.hidden = !place;
  if (!place) return header.replaceChildren();
  const isChannel = place.kind === "channel" && place.joined;
  header.replaceChildren(
    make("div", { class: "place-title" },
      make("h2", {}, drawName(place)),
      make("p", { class: "faint", dir: "auto" }, topicOf(place))),
    make("div", { class: "row" },
      isChannel && !place.has_bot && !place.archived && button("Invite Baraza", "main-button", () => inviteBaraza(place)),
      isChannel && button("Leave", "quiet-button", () => leavePlace(place, enter))));
}

function button(label, look, onclick) {
  return make("button", { type: "button", class: look, "data-key": label, onclick }, label);
}

function topicOf(place) {
  if (place.topic) return place.topic;
  if (place.kind === "direct") return "Only you and Baraza see what is written here.";
  return place.has_bot ? "" : "Baraza is not here yet.";
}
