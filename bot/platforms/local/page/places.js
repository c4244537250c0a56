// The left side: where I am, where I could go, and my direct line to Baraza.
import { keepingFocus } from "./focus.js";
import { drawIcon } from "./icons.js";
import { make, words } from "./make.js";
import { joinPlace } from "./moves.js";
import { askForNewPlace } from "./new_place.js";
import { bareName, drawName } from "./place_names.js";
import { session, whenChanged } from "./session.js";

export function startPlaces(section, enter) {
  const list = make("div", { class: "place-lists" });
  section.append(
    list,
    make("button", { type: "button", class: "quiet-button new-place", onclick: () => askForNewPlace(enter) },
      drawIcon("plus"), "New place"));
  whenChanged(["me", "places", "open"], () => {
    section.classList.toggle("nobody", !session.me);
    keepingFocus(list, () => list.replaceChildren(...drawLists(enter)));
    document.title = titleWithUnread();
  });
}

function drawLists(enter) {
  const channels = session.places.filter((place) => place.kind === "channel");
  const mine = channels.filter((place) => place.joined);
  const others = channels.filter((place) => !place.joined && !place.archived);
  const direct = session.places.filter((place) => place.kind === "direct");
  return [
    drawGroup("My places", mine.map((place) => drawEntry(place, enter)),
      others.length ? "You are in no place yet. Join one below." : "There is no place yet. Make the first one below."),
    drawGroup("Just you and Baraza", direct.map((place) => drawEntry(place, enter))),
    drawGroup("Places you could join", others.map((place) => drawInvitation(place, enter))),
  ];
}

function drawGroup(title, entries, whenEmpty = "") {
  if (!session.me || (!entries.length && !whenEmpty)) return "";
  return make("div", { class: "place-group" },
    make("h2", {}, title),
    entries.length ? make("ul", {}, entries) : make("p", { class: "faint" }, whenEmpty));
}

function drawEntry(place, enter) {
  const open = place.id === session.openPlace;
  return make("li", {},
    make("button", {
      type: "button",
      class: place.unread ? "place has-unread" : "place",
      "aria-current": open ? "true" : null,
      "aria-label": labelOf(place),
      "data-key": `place-${place.id}`,
      onclick: () => enter(place.id),
    },
    place.kind === "direct" && make("img", { src: "/page/favicon.svg", alt: "", width: 20, height: 20 }),
    make("span", { class: "place-name" }, drawName(place)),
    place.archived && make("span", { class: "faint" }, " archived"),
    " ", place.unread > 0 && make("span", { class: "unread" }, String(place.unread))));
}

function labelOf(place) {
  return [bareName(place), place.archived && "archived", place.unread > 0 && `${place.unread} unread`].filter(Boolean).join(", ");
}

function drawInvitation(place, enter) {
  return make("li", { class: "invitation" },
    make("span", { class: "place-name" }, make("span", { class: "hash" }, "#"), words(bareName(place))),
    make("button", {
      type: "button",
      class: "quiet-button",
      "aria-label": `Join #${bareName(place)}`,
      "data-key": `join-${place.id}`,
      onclick: () => joinPlace(place, enter),
    }, "Join"));
}

function titleWithUnread() {
  const unread = session.places.reduce((sum, place) => sum + (place.joined || place.kind === "direct" ? place.unread : 0), 0);
  return unread ? `(${unread}) Baraza` : "Baraza";
}
