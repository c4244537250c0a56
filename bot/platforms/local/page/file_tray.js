// Files waiting to go out with the next message.
import * as api from "./api.js";
import { sizeInWords } from "./attachments.js";
import { say } from "./announce.js";
import { drawIcon, iconButton } from "./icons.js";
import { make, words } from "./make.js";
import { session } from "./session.js";

const LARGEST = 8 * 1024 * 1024;

export class FileTray {
  #entries = [];
  #key = null;
  #leftElsewhere = new Map();
  #onProblem;
  #afterRemoving;

  constructor({ onProblem, afterRemoving }) {
    this.#onProblem = onProblem;
    this.#afterRemoving = afterRemoving;
    this.element = make("ul", { class: "tray", "aria-label": "Files waiting", hidden: true });
  }

  isEmpty() {
    return !this.#entries.length;
  }

  add(files) {
    for (const file of files) {
      if (file.size > LARGEST) this.#onProblem(`${file.name} is larger than 8 MB. Please choose a smaller one.`);
      else this.#addOne(file);
    }
  }

  // A file chosen for one place must not go out in another.
  moveTo(key) {
    this.#leftElsewhere.set(this.#key, this.#entries);
    this.#key = key;
    this.#entries = (this.#leftElsewhere.get(key) ?? []).filter((entry) => !entry.failed);
    this.#draw();
  }

  takeAll() {
    const taken = this.#entries;
    this.#entries = [];
    this.#draw();
    return taken;
  }

  putBack(taken, key) {
    const usable = taken.filter((entry) => !entry.failed);
    if (key === this.#key) this.#entries = [...usable, ...this.#entries];
    else this.#leftElsewhere.set(key, [...usable, ...(this.#leftElsewhere.get(key) ?? [])]);
    this.#draw();
  }

  // The upload starts at once; "arriving" lets whoever sends it wait for the end.
  #addOne(file) {
    const entry = { name: file.name, size: file.size, uploaded: null, failed: false };
    entry.arriving = this.#upload(entry, file);
    this.#entries.push(entry);
    this.#draw();
  }

  async #upload(entry, file) {
    try {
      entry.uploaded = await api.upload(session.me.id, file);
      say(`${entry.name} is ready.`);
    } catch (problem) {
      entry.failed = true;
      this.#entries = this.#entries.filter((other) => other !== entry);
      this.#onProblem(`${entry.name}: ${problem.message}`);
    }
    this.#draw();
  }

  #drop(entry) {
    this.#entries = this.#entries.filter((other) => other !== entry);
    this.#draw();
    this.#afterRemoving();
  }

  #draw() {
    this.element.hidden = this.isEmpty();
    this.element.replaceChildren(...this.#entries.map((entry) => make("li", {},
      drawIcon("file"), words(entry.name), " ",
      make("span", { class: "faint" }, entry.uploaded ? sizeInWords(entry.size) : "on its way…"),
      iconButton("close", `Do not attach ${entry.name}`, { onclick: () => this.#drop(entry) }))));
  }
}
