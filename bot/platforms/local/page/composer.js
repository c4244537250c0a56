// Where one writes: in a place or in a thread.
import * as api from "./api.js";
import { CommandList } from "./command_list.js";
import { draftFor, draftKey, keepDraft } from "./drafts.js";
import { FileTray } from "./file_tray.js";
import { iconButton } from "./icons.js";
import { freshId, make } from "./make.js";
import { session } from "./session.js";

const MOST_ROWS = 7;

export class Composer {
  #where;
  #sent;
  #key = null;
  #line = Promise.resolve();
  #problem = make("p", { class: "problem", role: "alert", dir: "auto" });
  #chooser = make("input", { type: "file", multiple: true, hidden: true, onchange: () => this.addFiles(this.#chooser.files) });

  // where() tells { place, thread }; sent(message) is called when a message has gone out.
  constructor({ label, sendLabel, boxId = freshId("box"), where, sent }) {
    this.#where = where;
    this.#sent = sent;
    this.box = make("textarea", { id: boxId, "aria-label": label, placeholder: label, rows: 1, dir: "auto", autocomplete: "off" });
    this.commands = new CommandList(this.box);
    this.tray = new FileTray({
      onProblem: (text) => { this.#problem.textContent = text; },
      afterRemoving: () => this.box.focus(),
    });
    this.form = make("form", { class: "composer" },
      this.commands.listbox, this.commands.count, this.tray.element, this.#problem,
      make("div", { class: "composer-row" },
        iconButton("clip", "Attach a file", { onclick: () => this.#chooser.click() }),
        this.#chooser, this.box,
        make("button", { type: "submit", class: "main-button" }, sendLabel)));
    this.#listen();
  }

  // Called when where() has changed: brings out what was left half-written there.
  moveTo() {
    const { place, thread } = this.#where();
    this.#key = draftKey(session.me.id, place, thread);
    this.#problem.textContent = "";
    this.commands.close();
    this.tray.moveTo(this.#key);
    this.#write(draftFor(this.#key));
  }

  addFiles(files) {
    this.#problem.textContent = "";
    this.tray.add([...files]);
    this.#chooser.value = "";
    this.box.focus();
  }

  #listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.box.addEventListener("keydown", (event) => {
      if (event.isComposing || this.commands.tookKey(event)) return;
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      this.#send();
    });
    this.box.addEventListener("input", () => {
      this.commands.update();
      keepDraft(this.#key, this.box.value);
      this.#grow();
    });
    this.box.addEventListener("blur", () => this.commands.close());
    this.box.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      this.addFiles(event.clipboardData.files);
    });
  }

  // One after the other, so two quick messages arrive in the order they were written.
  #send() {
    const text = this.box.value.trim();
    if (!text && this.tray.isEmpty()) return;
    const isCommand = text.startsWith("/");
    const letter = {
      person: session.me.id, ...this.#where(), key: this.#key, text, isCommand,
      // A command carries no files: they stay for the next message.
      files: isCommand ? [] : this.tray.takeAll(),
    };
    this.#problem.textContent = "";
    this.commands.close();
    this.#write("");
    this.#line = this.#line.then(() => this.#deliver(letter));
  }

  async #deliver(letter) {
    try {
      if (letter.isCommand) await api.command(letter.person, letter.place, letter.text, letter.thread);
      else await this.#post(letter);
      this.#forgetDraft(letter);
    } catch (failure) {
      this.#giveBack(letter, failure);
    }
  }

  async #post({ person, place, thread, text, files }) {
    // Files still on their way are waited for, so Send never leaves one behind.
    await Promise.all(files.map((entry) => entry.arriving));
    const ids = files.filter((entry) => entry.uploaded).map((entry) => entry.uploaded.id);
    if (!text && !ids.length) return;
    this.#sent(await api.write({ person, place, text, ...(thread && { thread }), ...(ids.length && { files: ids }) }));
  }

  // Something newer may have been written while this was on its way.
  #forgetDraft(letter) {
    if (letter.key === this.#key) keepDraft(letter.key, this.box.value);
    else if (draftFor(letter.key) === letter.text) keepDraft(letter.key, "");
  }

  // What could not be sent goes back in the box, before anything written since.
  #giveBack(letter, failure) {
    this.tray.putBack(letter.files, letter.key);
    if (letter.key !== this.#key) {
      keepDraft(letter.key, letter.text);
      return;
    }
    this.#write([letter.text, this.box.value].filter(Boolean).join("\n"));
    keepDraft(this.#key, this.box.value);
    this.#problem.textContent = `${failure.message} Your text is still here.`;
  }

  #write(text) {
    this.box.value = text;
    this.#grow();
  }

  // Older browsers cannot size a text box by its content, so lines are counted for them.
  #grow() {
    this.box.rows = Math.min(MOST_ROWS, this.box.value.split("\n").length);
  }
}
