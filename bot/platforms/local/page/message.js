// One message, wherever it is shown: in the conversation or in a thread.
import * as api from "./api.js";
import { drawFiles } from "./attachments.js";
import { drawIcon } from "./icons.js";
import { freshId, make, onlyHeard, words } from "./make.js";
import { toolbar } from "./message_tools.js";
import { fullDay, timeOfDay } from "./moments.js";
import { drawReactions } from "./reactions.js";
import { plainText, richText } from "./rich_text.js";
import { session } from "./session.js";

const TINTS = 6;

// openThread(message) is left out inside a thread, where there is nothing deeper.
// goTo({ place, message, thread }) opens what a button leads to. redraw(message) shows the message afresh, for instance after editing.
export function messageView(message, { openThread = null, goTo, redraw }) {
  const headId = freshId("head");
  const rest = make("div", { class: "message-rest" });
  const attempt = (action) => attempting(rest, action);
  const article = make("article", {
    class: message.only_me ? "message only-me" : "message",
    tabindex: -1,
    "aria-labelledby": headId,
    "data-key": `message-${message.id}`,
  });
  const body = make("div", { class: "message-body" },
    richText(message.content), drawFiles(message.files));
  const { tools, menu } = toolbar(message, { attempt, openThread, redraw, body });
  rest.append(...[
    body,
    drawButtons(message, attempt, goTo),
    menu,
    drawReactions(message, attempt),
    openThread && drawThreadLink(message, openThread),
  ].filter(Boolean));
  article.append(...[avatar(message.author), drawHead(message, headId), tools, rest].filter(Boolean));
  return article;
}

export function messageAsSentence(message) {
  const files = message.files.length ? ` ${message.files.map((file) => file.alt || file.name).join(", ")}` : "";
  const choices = message.buttons.length ? `. Choices: ${message.buttons.map((button) => button.label).join(", ")}` : "";
  return `${message.author.name}: ${plainText(message.content)}${files}${choices}`;
}

function drawHead(message, id) {
  return make("header", { class: "message-head", id },
    make("strong", { class: "author" }, words(message.author.name)),
    message.author.is_bot && make("span", { class: "badge-bot" }, "bot"),
    make("time", { datetime: message.at, title: `${fullDay(message.at)}, ${timeOfDay(message.at)}` }, timeOfDay(message.at)),
    message.edited && make("span", { class: "faint" }, "edited"),
    message.only_me && make("span", { class: "only-me-mark" }, drawIcon("eye"), "Only visible to you"));
}

function avatar(author) {
  if (author.is_bot) return make("img", { class: "avatar", src: "/page/favicon.svg", alt: "" });
  const initials = author.name.trim().split(/\s+/).slice(0, 2).map((word) => [...word][0]).join("");
  const tint = [...author.id].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % TINTS;
  return make("span", { class: `avatar tint-${tint}`, "aria-hidden": "true" }, initials.toUpperCase());
}

function drawButtons(message, attempt, goTo) {
  if (!message.buttons.length) return null;
  return make("div", { class: "choices" }, message.buttons.map((button) => button.goes_to
    ? drawLeading(message, button, goTo)
    : make("button", {
      type: "button",
      class: `choice ${button.emphasis ?? "normal"}`,
      dir: "auto",
      "data-key": `button-${message.id}-${button.token}`,
      onclick: (event) => press(event.currentTarget, message, button, attempt),
    }, button.label)));
}

function drawLeading(message, button, goTo) {
  return make("button", {
    type: "button",
    class: "choice leading",
    "data-key": `leading-${message.id}-${button.goes_to.message}`,
    onclick: () => goTo(button.goes_to),
  }, words(button.label), drawIcon("go"));
}

// Not "disabled" while waiting: a disabled button would drop the keyboard focus.
async function press(pressed, message, button, attempt) {
  if (pressed.getAttribute("aria-busy") === "true") return;
  pressed.setAttribute("aria-busy", "true");
  await attempt(() => api.press(session.me.id, message.id, button.token));
  pressed.removeAttribute("aria-busy");
}

// "answers", not "replies": the button that sends is the only one called Reply.
function drawThreadLink(message, openThread) {
  if (!message.replies) return null;
  const count = message.replies === 1 ? "1 answer" : `${message.replies} answers`;
  return make("button", { type: "button", class: "thread-link", "data-key": `answers-${message.id}`, onclick: () => openThread(message) },
    drawIcon("thread"), make("span", {}, count),
    message.last_reply_at && make("span", { class: "faint" }, `last at ${timeOfDay(message.last_reply_at)}`),
    onlyHeard(" open thread"));
}

async function attempting(rest, action) {
  rest.querySelector(":scope > .problem")?.remove();
  try {
    await action();
  } catch (failure) {
    rest.append(make("p", { class: "problem", role: "alert", dir: "auto" }, failure.message));
  }
}
