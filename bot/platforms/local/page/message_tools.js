// What I can do with a message: react, open its thread, edit it, delete it.
import * as api from "./api.js";
import { iconButton } from "./icons.js";
import { make } from "./make.js";
import { messageMenu } from "./message_menu.js";
import { dialogFrame, dismiss, present } from "./modal.js";
import { plainText } from "./rich_text.js";
import { session } from "./session.js";

export function toolbar(message, { attempt, openThread, redraw, body }) {
  // A note only I can see has nobody to answer or react to.
  if (message.only_me) return { tools: null, menu: null };
  const { opener, menu } = messageMenu(message, attempt);
  const mine = message.author.id === session.me.id;
  const tools = make("div", { class: "tools", role: "group", "aria-label": "Message" },
    opener,
    openThread && tool(message, "thread", "Open thread", () => openThread(message)),
    mine && tool(message, "edit", "Edit", () => startEditing(message, body, redraw)),
    mine && tool(message, "bin", "Delete", () => confirmDeleting(message, attempt)));
  return { tools, menu };
}

// A message being edited must not be redrawn under the writer's hands.
export function isBeingEdited(article) {
  return article.querySelector(".editing") !== null;
}

function tool(message, icon, label, onclick) {
  return iconButton(icon, label, { "data-key": `${icon}-${message.id}`, onclick });
}

function startEditing(message, body, redraw) {
  const box = make("textarea", { "aria-label": "Edit your message", rows: 3, dir: "auto" });
  box.value = plainText(message.content);
  const problem = make("p", { class: "problem", role: "alert" });
  const done = () => {
    form.remove();
    redraw(message);
  };
  const form = make("form", { class: "editing" }, box, problem,
    make("div", { class: "row" },
      make("button", { type: "submit", class: "main-button" }, "Save"),
      make("button", { type: "button", class: "quiet-button", onclick: done }, "Cancel")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(message, box.value.trim(), problem, done);
  });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      done();
    } else if (event.key === "Enter" && !event.shiftKey && event.target === box) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  body.replaceChildren(form);
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}

async function save(message, text, problem, done) {
  if (!text) {
    problem.textContent = "Write something, or press Escape to leave it as it was.";
    return;
  }
  try {
    await api.edit(message.id, session.me.id, text);
    done();
  } catch (failure) {
    problem.textContent = failure.message;
  }
}

function confirmDeleting(message, attempt) {
  const { dialog, body } = dialogFrame("Delete this message?");
  const keep = make("button", { type: "button", class: "quiet-button", onclick: () => dismiss(dialog) }, "Keep it");
  const go = () => {
    dismiss(dialog);
    attempt(() => api.remove(message.id, session.me.id));
  };
  body.append(
    make("p", {}, "It goes away for everybody, and cannot be brought back."),
    make("div", { class: "row dialog-foot" },
      keep, make("button", { type: "button", class: "main-button danger", onclick: go }, "Delete")));
  present(dialog, keep);
}
