// The middle of the page: the place that is open now.
import * as api from "./api.js";
import { clearProblem, showProblem } from "./announce.js";
import { drawWelcome } from "./empty_states.js";
import { keepingFocus } from "./focus.js";
import { make } from "./make.js";
import { placeHeader } from "./place_header.js";
import { furnish } from "./room.js";
import { changed, openPlace, placeIs, session, whenChanged } from "./session.js";

const READ_AFTER = 150;
const ROOT_NEWS_WAIT = 250;

export class Conversation {
  #section;
  #doors;
  #welcome = make("div", { class: "welcome-frame" });
  #closedNote = make("p", { class: "closed-note" });
  #earlier = make("button", { type: "button", class: "quiet-button", onclick: () => this.#showEarlier() }, "Earlier messages");
  #readTimer = null;

  // doors: { enter, become, goTo, showPlaces, openThread }, the ways out of the conversation.
  constructor(section, doors) {
    this.#section = section;
    this.#doors = doors;
    section.append(placeHeader(doors.enter), this.#welcome);
    Object.assign(this, furnish(section, {
      listLabel: "Messages",
      openThread: doors.openThread,
      goTo: doors.goTo,
      writing: { label: "Write a message", sendLabel: "Send", boxId: "writing", where: () => ({ place: session.openPlace }) },
    }));
    this.composer.form.hidden = true; // nobody can write before it is known who I am, and where
    section.append(this.#closedNote);
    document.addEventListener("visibilitychange", () => this.markRead());
    whenChanged(["clock"], () => this.list.drawDays());
    whenChanged(["me", "places", "open"], () => this.#drawFrame());
  }

  async open(id) {
    session.openPlace = id;
    this.list.clear();
    this.above.replaceChildren();
    changed("open");
    if (!id) return;
    clearProblem();
    this.composer.moveTo();
    this.above.replaceChildren(make("p", { class: "faint" }, "Fetching messages…"));
    const page = await this.#fetch();
    if (!page) return;
    this.list.put(...page.messages);
    this.#drawAbove(page.more);
    this.scrolling.toBottom();
    this.markRead();
  }

  arrived(message) {
    if (message.place !== session.openPlace) return;
    if (message.thread) {
      this.#freshenRoot(message.thread);
    } else {
      this.list.put(message);
      this.#drawAbove(this.#earlier.isConnected);
    }
    this.markRead();
  }

  removed({ id, place, thread }) {
    if (place !== session.openPlace) return;
    this.list.remove(id);
    if (thread) this.#freshenRoot(thread);
    else this.#drawAbove(this.#earlier.isConnected);
  }

  // After the line was cut: what changed, came or went meanwhile.
  async catchUp() {
    const page = session.openPlace && await this.#fetch();
    if (!page) return;
    const isHole = page.more && !page.messages.some((message) => this.list.has(message.id));
    if (isHole) this.list.clear();
    this.#forgetMissing(page.messages);
    this.list.put(...page.messages);
    // Pages fetched earlier reach further back than this one, and know better if there is more.
    const reachesBack = this.list.all().length > page.messages.length;
    this.#drawAbove(reachesBack ? this.#earlier.isConnected : page.more);
    this.markRead();
  }

  // Only what somebody can actually see counts as read.
  markRead() {
    const place = openPlace();
    if (!place || document.hidden) return;
    if (place.unread) placeIs({ ...place, unread: 0 });
    clearTimeout(this.#readTimer);
    this.#readTimer = setTimeout(() => {
      if (place.id === session.openPlace) api.read(session.me.id, place.id).catch(() => {});
    }, READ_AFTER);
  }

  // Answers null when the answer comes too late to matter: I am elsewhere, or somebody else.
  async #fetch(query = {}) {
    const { me, openPlace: place } = session;
    const stillMatters = () => session.me.id === me.id && session.openPlace === place;
    try {
      const page = await api.messages(me.id, place, query);
      return stillMatters() ? page : null;
    } catch (problem) {
      if (stillMatters()) showProblem(problem);
      return null;
    }
  }

  async #showEarlier() {
    const first = this.list.all()[0];
    const page = await this.#fetch({ before: first.id });
    if (!page) return;
    this.scrolling.keepingPlace(() => {
      this.list.put(...page.messages);
      this.#drawAbove(page.more);
    });
    if (page.more) this.#earlier.focus({ preventScroll: true });
    else this.list.focusOn(first.id);
  }

  // Goes back in time until a message is there; whether it was found and is shown now.
  async find(id) {
    while (!this.list.has(id)) {
      const oldest = Math.min(...this.list.all().map((message) => Number(message.id)));
      const page = this.#earlier.isConnected && await this.#fetch({ before: oldest });
      if (!page?.messages?.length) return false;
      this.list.put(...page.messages);
      this.#drawAbove(page.more);
    }
    return this.reveal(id);
  }

  // Notes for my eyes only may not be kept by the server, so they stay.
  #forgetMissing(fetched) {
    const present = new Set(fetched.map((message) => message.id));
    const since = fetched[0]?.at ?? "";
    for (const known of this.list.all()) {
      if (known.at >= since && !present.has(known.id) && !known.only_me) this.list.remove(known.id);
    }
  }

  // A new answer changes the count under its root. The server may send the root itself;
  // if it does not, ask for it.
  #freshenRoot(id) {
    const before = this.list.get(id)?.replies;
    if (before === undefined) return;
    setTimeout(async () => {
      if (this.list.get(id)?.replies !== before) return;
      const page = await this.#fetch({ thread: id });
      const root = page?.messages.find((message) => message.id === id);
      if (root && this.list.has(id)) this.list.put(root);
    }, ROOT_NEWS_WAIT);
  }

  #drawAbove(more) {
    if (more && this.#earlier.isConnected) return;
    if (more) this.above.replaceChildren(this.#earlier);
    else if (this.list.all().length) this.above.replaceChildren();
    else this.above.replaceChildren(make("p", { class: "nothing-yet" }, "Nobody has written here yet. Say hello below."));
  }

  #drawFrame() {
    const place = openPlace();
    const isClosed = Boolean(place?.archived);
    this.#section.classList.toggle("no-place", !place);
    keepingFocus(this.#welcome, () => this.#welcome.replaceChildren(...(place ? [] : [drawWelcome(this.#doors)])));
    this.composer.form.hidden = !place || isClosed;
    this.#closedNote.hidden = !isClosed;
    this.#closedNote.textContent = isClosed ? "This place is closed. You can read it, but nobody writes here any more." : "";
  }
}
