import { make, words } from "./make.js";

export function bareName(place) {
  return place.kind === "direct" ? place.name || "Baraza" : place.name.replace(/^#/, "");
}

// The # is for the eye only: read aloud, the name comes first.
export function drawName(place) {
  const mark = place.kind === "channel" && make("span", { class: "hash", "aria-hidden": "true" }, "#");
  return [mark, words(bareName(place))];
}
