// Forms, from the bot or from the page itself, as modal dialogs.
import * as api from "./api.js";
import { make } from "./make.js";
import { dialogFrame, dismiss, present } from "./modal.js";
import { drawField } from "./form_fields.js";
import { richText } from "./rich_text.js";
import { session } from "./session.js";

const RIGHT_TO_LEFT = ["ar", "fa", "he", "ur", "ps"];
const open = new Map();

// A form the bot wants answered now.
export function openBotForm(id, form) {
  const drawing = JSON.stringify(form);
  // After a reconnection the same form may come again: keep what was typed so far.
  if (open.get(id)?.drawing === drawing) return;
  botFormIsOver(id);
  const person = session.me.id;
  const dialog = askWithForm(form, {
    submit: (values) => api.answerForm(id, person, values),
    dismissed: () => {
      open.delete(id);
      // Nothing depends on it: the form is gone here whether or not the server heard.
      api.closeForm(id, person).catch(() => {});
    },
    answered: () => open.delete(id),
  });
  open.set(id, { dialog, drawing });
}

export function botFormIsOver(id) {
  const entry = open.get(id);
  open.delete(id);
  if (entry) dismiss(entry.dialog);
}

export function forgetBotForms() {
  open.clear();
}

// submit(values) may throw a Refusal whose fields hold one sentence each;
// what it returns goes to answered() once the dialog has closed.
export function askWithForm(form, { submit, dismissed = () => {}, answered = () => {} }) {
  const intro = form.intro.length ? richText(form.intro) : null;
  const { dialog, body } = dialogFrame(form.title, { onDismiss: dismissed, intro });
  if (form.language) dialog.lang = form.language;
  dialog.dir = RIGHT_TO_LEFT.includes(form.language) ? "rtl" : "ltr";

  const fields = form.fields.map(drawField);
  const problem = make("p", { class: "problem", role: "alert", dir: "auto" });
  const button = make("button", { type: "submit", class: "main-button" }, form.submit);
  const element = make("form", { novalidate: true }, problem,
    fields.map((field) => field.element), make("div", { class: "row dialog-foot" }, button));

  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    try {
      const result = await submit(valuesOf(fields));
      dismiss(dialog);
      answered(result);
    } catch (failure) {
      showMistakes(fields, problem, failure);
    }
    button.removeAttribute("aria-busy");
  });
  body.append(element);
  present(dialog, fields[0]?.first ?? button);
  return dialog;
}

function valuesOf(fields) {
  return Object.fromEntries(fields.map((field) => [field.name, field.read()]));
}

function showMistakes(fields, problem, failure) {
  const mistakes = failure.fields ?? {};
  for (const field of fields) field.showError(mistakes[field.name]);
  const wrong = fields.filter((field) => mistakes[field.name]);
  const elsewhere = Object.entries(mistakes).filter(([name]) => !fields.some((field) => field.name === name));
  problem.textContent = elsewhere.map(([, sentence]) => sentence).join(" ") || sentenceFor(wrong.length, failure);
  wrong[0]?.first.focus();
}

function sentenceFor(wrong, failure) {
  if (wrong === 0) return failure.message;
  return wrong === 1 ? "One answer needs another look." : `${wrong} answers need another look.`;
}
