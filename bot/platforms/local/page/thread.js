// One message and the answers to it, beside the conversation (or over it on a phone).
import * as api from "./api.js";
import { showProblem } from "./announce.js";
import { findByKey, focusIsLost, mayFocusWriting } from "./focus.js";
import { iconButton } from "./icons.js";
import { make } from "./make.js";
import { furnish } from "./room.js";
import { session } from "./session.js";

export class Thread {
  #section;
  #heading = make("h2", { tabindex: -1 }, "Thread");
  #root = null;
  #openedBy = null;

  // goTo: see message.js.
  constructor(section, goTo) {
    this.#section = section;
    section.append(make("header", { class: "place-head" },
      make("div", { class: "place-title" }, this.#heading),
      iconButton("close", "Close thread", { onclick: () => this.close() })));
    Object.assign(this, furnish(section, {
      listLabel: "Messages in this thread",
      goTo,
      writing: { label: "Reply in thread", sendLabel: "Reply", where: () => ({ place: this.#root?.place, thread: this.#root?.id }) },
    }));
    section.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
  }

  async open(message) {
    this.#openedBy = document.activeElement?.dataset.key ?? null;
    this.#root = message;
    this.list.clear();
    this.list.put(message);
    this.#section.hidden = false;
    document.body.classList.add("thread-open");
    this.composer.moveTo();
    (mayFocusWriting() ? this.composer.box : this.#heading).focus();
    await this.catchUp();
    this.scrolling.toBottom();
  }

  // "quietly" when something else is about to take the focus.
  close({ quietly = false } = {}) {
    if (!this.#root) return;
    this.#root = null;
    this.#section.hidden = true;
    document.body.classList.remove("thread-open");
    if (quietly) return;
    if (this.#openedBy) findByKey(document.getElementById("conversation"), this.#openedBy)?.focus();
    if (focusIsLost()) document.getElementById("writing").focus();
  }

  async catchUp() {
    const root = this.#root;
    if (!root) return;
    try {
      const { messages } = await api.messages(session.me.id, root.place, { thread: root.id });
      if (this.#root === root) this.#show(messages);
    } catch (problem) {
      showProblem(problem);
    }
  }

  arrived(message) {
    if (!this.#root) return;
    if (message.id === this.#root.id || message.thread === this.#root.id) this.list.put(message);
  }

  removed({ id }) {
    if (this.#root?.id === id) this.close();
    else this.list.remove(id);
  }

  #show(messages) {
    const present = new Set(messages.map((message) => message.id));
    for (const known of this.list.all()) {
      if (!present.has(known.id) && !known.only_me) this.list.remove(known.id);
    }
    this.list.put(...messages);
  }
}
