import * as api from "./api.js";
import { iconButton } from "./icons.js";
import { make } from "./make.js";
import { session } from "./session.js";

const OFFERED = [
  ["👍", "thumbs up"],
  ["❤️", "heart"],
  ["🎉", "celebration"],
  ["📌", "pin"],
  ["✅", "done"],
];
const NAMES = new Map(OFFERED);

export function drawReactions(message, attempt) {
  if (!message.reactions.length) return null;
  return make("div", { class: "reactions" }, message.reactions.map((reaction) => {
    const people = reaction.count === 1 ? "1 person" : `${reaction.count} people`;
    return make("button", {
      type: "button",
      class: "reaction",
      "aria-pressed": String(reaction.mine),
      "aria-label": `${reaction.emoji} ${reaction.count}, ${NAMES.get(reaction.emoji) ?? "reaction"} from ${people}`,
      "data-key": `reaction-${message.id}-${reaction.emoji}`,
      onclick: () => attempt(() => toggle(message, reaction.emoji)),
    }, make("span", { "aria-hidden": "true" }, `${reaction.emoji} ${reaction.count}`));
  }));
}

// A button and the row of reactions it reveals.
export function reactionPicker(message, attempt) {
  const row = make("div", { class: "picker", role: "group", "aria-label": "Choose a reaction", hidden: true },
    OFFERED.map(([emoji, name]) => make("button", {
      type: "button",
      "aria-label": `${emoji} ${name}`,
      title: name,
      "data-key": `pick-${message.id}-${emoji}`,
      onclick: () => {
        setOpen(false);
        opener.focus();
        attempt(() => toggle(message, emoji));
      },
    }, emoji)));
  const opener = iconButton("smile", "React", {
    "aria-expanded": "false",
    "data-key": `react-${message.id}`,
    onclick: () => setOpen(row.hidden),
  });

  function setOpen(open) {
    row.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (open) row.firstElementChild.focus();
  }
  row.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    setOpen(false);
    opener.focus();
  });
  return { opener, row };
}

// A message may be redrawn by somebody else's reaction while I am choosing mine.
export function keepPickerOpen(before, after) {
  if (!before.querySelector(".picker:not([hidden])")) return;
  after.querySelector(".picker")?.removeAttribute("hidden");
  after.querySelector(".tools [aria-expanded]")?.setAttribute("aria-expanded", "true");
}

function toggle(message, emoji) {
  const mine = message.reactions.some((reaction) => reaction.emoji === emoji && reaction.mine);
  return api.react(message.id, session.me.id, emoji, mine);
}
