// A list of messages kept in the order of time, with a line for each new day.
// Messages are replaced one by one, so scrolling, focus and half-made edits stay put.
import { focusIsLost, keepingFocus } from "./focus.js";
import { make } from "./make.js";
import { messageView } from "./message.js";
import { keepMenuOpen } from "./message_menu.js";
import { isBeingEdited } from "./message_tools.js";
import { dayKey, dayName } from "./moments.js";

const MOVES = ["ArrowUp", "ArrowDown", "Home", "End"];
const LIT_FOR = 3000;

export class MessageList {
  #entries = new Map();
  #current = null;
  #doors;

  // doors: { openThread, goTo }, the ways from a message to another.
  constructor(label, doors) {
    this.#doors = doors;
    this.element = make("ol", { class: "messages", "aria-label": label });
    this.element.addEventListener("focusin", (event) => this.#makeCurrent(event.target.closest(".message")));
    this.element.addEventListener("keydown", (event) => this.#moveWithArrows(event));
  }

  has(id) {
    return this.#entries.has(id);
  }

  get(id) {
    return this.#entries.get(id)?.message ?? null;
  }

  all() {
    return this.#ordered().map((entry) => entry.message);
  }

  put(...messages) {
    for (const message of messages) {
      const known = this.#entries.get(message.id);
      if (!known) this.#insert(message);
      // Drawing the same again would only make pictures flicker.
      else if (JSON.stringify(known.message) !== JSON.stringify(message)) this.#replace(known, message);
    }
    this.drawDays();
  }

  remove(id) {
    const entry = this.#entries.get(id);
    if (!entry) return;
    const ordered = this.#ordered();
    const at = ordered.indexOf(entry);
    const neighbour = (ordered[at + 1] ?? ordered[at - 1])?.article;
    const hadFocus = entry.row.contains(document.activeElement);
    this.#entries.delete(id);
    entry.row.remove();
    this.drawDays();
    if (!neighbour) return;
    if (this.#current === entry.article) this.#makeCurrent(neighbour);
    if (hadFocus) neighbour.focus();
  }

  clear() {
    this.#entries.clear();
    this.#current = null;
    this.element.replaceChildren();
  }

  focusOn(id) {
    this.#entries.get(id)?.article.focus();
  }

  // Shows which one is meant, for a moment.
  lightUp(id) {
    const { article } = this.#entries.get(id);
    article.classList.add("found");
    article.focus({ preventScroll: true });
    setTimeout(() => article.classList.remove("found"), LIT_FOR);
    return article;
  }

  drawDays() {
    for (const line of this.element.querySelectorAll(".day")) line.remove();
    let day = null;
    for (const { message, row } of this.#ordered()) {
      if (dayKey(message.at) !== day) row.before(make("li", { class: "day" }, make("span", {}, dayName(message.at))));
      day = dayKey(message.at);
    }
  }

  #ordered() {
    const byRow = new Map([...this.#entries.values()].map((entry) => [entry.row, entry]));
    return [...this.element.children].map((row) => byRow.get(row)).filter(Boolean);
  }

  #insert(message) {
    const article = this.#view(message);
    const row = make("li", {}, article);
    const earlier = this.#ordered().findLast((entry) => entry.message.at <= message.at);
    if (earlier) earlier.row.after(row);
    else this.element.prepend(row);
    this.#entries.set(message.id, { message, row, article });
    const isInUse = this.element.contains(document.activeElement);
    if (!isInUse) this.#makeCurrent(this.#ordered().at(-1).article);
  }

  #replace(entry, message) {
    entry.message = message;
    const before = entry.article;
    if (isBeingEdited(before)) return;
    entry.article = this.#view(message);
    const hadFocus = entry.row.contains(document.activeElement);
    keepingFocus(entry.row, () => entry.row.replaceChildren(entry.article));
    if (hadFocus && focusIsLost()) entry.article.focus({ preventScroll: true });
    keepMenuOpen(before, entry.article);
    if (this.#current === before) this.#makeCurrent(entry.article);
  }

  #view(message) {
    const article = messageView(message, { ...this.#doors, redraw: () => this.#redraw(message.id) });
    setReachable(article, false);
    return article;
  }

  #redraw(id) {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#replace(entry, entry.message);
    entry.article.focus();
  }

  // Tab stops at one message only; the arrows walk through the others.
  // Otherwise fifty messages would be two hundred presses of Tab.
  #makeCurrent(article) {
    if (!article || article === this.#current) return;
    if (this.#current) setReachable(this.#current, false);
    this.#current = article;
    setReachable(article, true);
  }

  #moveWithArrows(event) {
    if (!MOVES.includes(event.key) || event.target.matches("textarea, pre")) return;
    const articles = this.#ordered().map((entry) => entry.article);
    const here = articles.indexOf(event.target.closest(".message"));
    const next = { ArrowUp: here - 1, ArrowDown: here + 1, Home: 0, End: articles.length - 1 }[event.key];
    if (!articles[next]) return;
    event.preventDefault();
    articles[next].focus();
  }
}

function setReachable(article, reachable) {
  article.tabIndex = reachable ? 0 : -1;
  for (const tool of article.querySelectorAll(".tools button")) tool.tabIndex = reachable ? 0 : -1;
}
