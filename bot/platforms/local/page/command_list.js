// Typing "/" lists what this person may ask of Baraza. The text box keeps the focus;
// aria-activedescendant tells assistive technology which line is lit.
import { freshId, make } from "./make.js";
import { session } from "./session.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export class CommandList {
  #box;
  #offered = [];
  #lit = 0;

  constructor(box) {
    this.#box = box;
    this.listbox = make("ul", { id: freshId("commands"), class: "commands", role: "listbox", "aria-label": "Commands", hidden: true });
    this.count = make("span", { class: "only-heard", "aria-live": "polite" });
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", this.listbox.id);
  }

  update() {
    this.#offered = matching(this.#box.value);
    this.#lit = 0;
    if (this.#offered.length) this.#draw();
    else this.close();
  }

  close() {
    this.listbox.hidden = true;
    this.#offered = [];
    this.count.textContent = "";
    this.#box.removeAttribute("aria-activedescendant");
  }

  // Answers whether the key was for the list, so that Enter does not also send.
  tookKey(event) {
    if (this.listbox.hidden) return false;
    if (STEPS[event.key]) this.#light(this.#lit + STEPS[event.key]);
    else if (event.key === "Escape") this.close();
    else if (this.#meansComplete(event)) this.#complete(this.#offered[this.#lit]);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #meansComplete({ key, shiftKey }) {
    if (shiftKey) return false;
    // Already typed in full: Enter means send.
    const isWhole = this.#box.value.trim() === `/${bareName(this.#offered[this.#lit])}`;
    return key === "Tab" || (key === "Enter" && !isWhole);
  }

  #light(index) {
    this.#lit = (index + this.#offered.length) % this.#offered.length;
    this.#draw();
  }

  #complete(command) {
    this.#box.value = `/${bareName(command)} `;
    this.close();
    this.#box.focus();
    this.#box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #draw() {
    const isNew = this.listbox.hidden;
    this.listbox.hidden = false;
    this.listbox.replaceChildren(...this.#offered.map((command, index) => this.#drawOption(command, index)));
    const option = this.listbox.children[this.#lit];
    this.#box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
    if (isNew) this.count.textContent = `${this.#offered.length} commands. Choose with the arrow keys, then press Tab.`;
  }

  #drawOption(command, index) {
    const option = make("li", { id: `${this.listbox.id}-${index}`, role: "option", "aria-selected": String(index === this.#lit) },
      make("span", { class: "command-name" }, usage(command)),
      make("span", { class: "command-summary", dir: "auto" }, command.summary));
    // mousedown, not click: the box must not lose the focus on the way.
    option.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.#complete(command);
    });
    return option;
  }
}

function matching(text) {
  const typed = /^\/(\S*)$/.exec(text);
  if (!typed) return [];
  const wanted = typed[1].toLowerCase();
  return session.commands
    .filter((command) => bareName(command).toLowerCase().startsWith(wanted))
    .sort((one, other) => bareName(one).localeCompare(bareName(other)));
}

function usage(command) {
  return command.usage?.startsWith("/") ? command.usage : `/${bareName(command)} ${command.usage ?? ""}`.trim();
}

function bareName(command) {
  return command.name.replace(/^\//, "");
}
