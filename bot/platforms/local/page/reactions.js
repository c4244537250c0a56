import * as api from "./api.js";
import { make } from "./make.js";
import { session } from "./session.js";

export const OFFERED = [
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
      onclick: () => attempt(() => toggleReaction(message, reaction.emoji)),
    }, make("span", { "aria-hidden": "true" }, `${reaction.emoji} ${reaction.count}`));
  }));
}

// Puts a reaction of mine on a message, or takes it away again.
export function toggleReaction(message, emoji) {
  const mine = message.reactions.some((reaction) => reaction.emoji === emoji && reaction.mine);
  return api.react(message.id, session.me.id, emoji, mine);
}
