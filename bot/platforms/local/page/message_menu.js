// What can be done with a message, behind one small button: quick reactions, and what Baraza does with it.
import * as api from "./api.js";
import { iconButton } from "./icons.js";
import { freshId, make } from "./make.js";
import { OFFERED, toggleReaction } from "./reactions.js";
import { findPlace, session } from "./session.js";

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

// The button, and the menu that it reveals.
export function messageMenu(message, attempt) {
  const shortcuts = shortcutsFor(message);
  const name = shortcuts.length ? "React and more" : "React";
  const menu = make("div", { id: freshId("menu"), class: "message-menu", role: "group", "aria-label": name, hidden: true },
    make("div", { class: "quick-reactions" }, OFFERED.map(([emoji, meaning]) => make("button", {
      type: "button",
      "aria-label": `${emoji} ${meaning}`,
      title: meaning,
      "data-key": `pick-${message.id}-${emoji}`,
      onclick: () => choose(() => toggleReaction(message, emoji)),
    }, emoji))),
    shortcuts.map((shortcut) => make("button", {
      type: "button",
      class: "shortcut",
      dir: "auto",
      "data-key": `shortcut-${message.id}-${shortcut.name}`,
      onclick: () => choose(() => api.shortcut(session.me.id, message.id, shortcut.name)),
    }, shortcut.label)));
  const opener = iconButton(shortcuts.length ? "more" : "smile", name, {
    "aria-expanded": "false",
    "aria-controls": menu.id,
    "data-key": `react-${message.id}`,
    onclick: () => setOpen(menu.hidden),
  });

  function setOpen(open) {
    menu.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (!open) return;
    menu.querySelector("button").focus();
    menu.scrollIntoView({ block: "nearest" });
  }
  function choose(action) {
    setOpen(false);
    opener.focus();
    attempt(action);
  }
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      setOpen(false);
      opener.focus();
    } else if (STEPS[event.key]) {
      step(menu, STEPS[event.key]);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  return { opener, menu };
}

// A message may be redrawn by somebody else's reaction while I am in its menu.
export function keepMenuOpen(before, after) {
  if (!before.querySelector(".message-menu:not([hidden])")) return;
  after.querySelector(".message-menu")?.removeAttribute("hidden");
  after.querySelector(".tools [aria-expanded]")?.setAttribute("aria-expanded", "true");
}

// Baraza does nothing with its own words, nor with those of places that it does not read.
function shortcutsFor(message) {
  return message.author.is_bot || !findPlace(message.place)?.has_bot ? [] : session.shortcuts;
}

function step(menu, by) {
  const buttons = [...menu.querySelectorAll("button")];
  const here = buttons.indexOf(document.activeElement);
  buttons[(here + by + buttons.length) % buttons.length].focus();
}
