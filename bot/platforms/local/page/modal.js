// One dialog at a time. A form that the bot opens while another dialog is up waits its turn.
import { findByKey, focusIsLost } from "./focus.js";
import { iconButton } from "./icons.js";
import { freshId, make } from "./make.js";

const waiting = [];
let showing = null;
let cameFrom = null;

export function dialogFrame(title, { onDismiss = () => {}, intro = null } = {}) {
  const titleId = freshId("dialog-title");
  const dialog = make("dialog", { "aria-labelledby": titleId });
  const dismissed = () => {
    dismiss(dialog);
    onDismiss();
  };
  const body = make("div", { class: "dialog-body" });
  if (intro) {
    intro.id = freshId("dialog-intro");
    dialog.setAttribute("aria-describedby", intro.id);
    body.append(intro);
  }
  dialog.append(
    make("header", { class: "dialog-head" },
      make("h2", { id: titleId, dir: "auto", tabindex: -1 }, title),
      iconButton("close", "Close", { onclick: dismissed })),
    body,
  );
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    dismissed();
  });
  return { dialog, body };
}

export function present(dialog, focusFirst = null) {
  // For a browser that closes a dialog by itself, whatever we asked.
  dialog.addEventListener("close", () => dismiss(dialog));
  waiting.push({ dialog, focusFirst });
  showNext();
}

export function dismiss(dialog) {
  if (showing === dialog) return closeShown();
  const at = waiting.findIndex((entry) => entry.dialog === dialog);
  if (at >= 0) waiting.splice(at, 1);
}

export function dismissAll() {
  waiting.length = 0;
  if (showing) closeShown();
}

function showNext() {
  if (showing || !waiting.length) return;
  const { dialog, focusFirst } = waiting.shift();
  // With a queue, the place to return to is the one before the first dialog.
  cameFrom ??= { element: document.activeElement, key: document.activeElement?.dataset.key };
  showing = dialog;
  document.body.append(dialog);
  dialog.showModal();
  (focusFirst ?? dialog.querySelector("h2")).focus();
}

function closeShown() {
  const dialog = showing;
  showing = null;
  dialog.close();
  dialog.remove();
  if (waiting.length) return showNext();
  returnFocus();
}

// The button that led here may have been redrawn meanwhile, or be gone with its message.
function returnFocus() {
  const { element, key } = cameFrom ?? {};
  cameFrom = null;
  // Chromium gives a text box its focus back without its cursor, and what is typed
  // next goes nowhere; leaving and entering again brings the cursor back.
  element?.blur();
  if (element?.isConnected && element !== document.body) element.focus();
  else if (key) findByKey(document, key)?.focus();
  if (focusIsLost()) document.getElementById("writing")?.focus();
}
