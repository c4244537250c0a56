// One kind of question each. Every field answers with
// { name, element, first, read(), showError(sentence) }.
import { freshId, make } from "./make.js";
import { peopleOptions } from "./people.js";

// Few enough to see at a glance; an optional question stays a list, because radios cannot be undone.
const MOST_RADIOS = 5;

export function drawField(field) {
  switch (field.type) {
    case "long_text":
      return textField(field, make("textarea", { rows: 5, maxlength: field.max_length }));
    case "choice":
      return field.required && field.choices.length <= MOST_RADIOS ? radioField(field) : selectField(field, options(field.choices));
    case "multi_choice":
      return checkboxesField(field);
    case "date":
      return textField(field, make("input", { type: "date" }));
    case "person":
      return selectField(field, peopleOptions());
    case "consent":
      return consentField(field);
    default:
      return textField(field, make("input", { type: "text", maxlength: field.max_length, autocomplete: "off" }));
  }
}

function textField(field, control) {
  control.dir = "auto";
  control.value = field.initial ?? "";
  return labelled(field, control, () => control.value.trim() || null);
}

function selectField(field, choices) {
  const control = make("select", {}, make("option", { value: "" }, "Choose…"), choices);
  control.value = field.initial ?? "";
  return labelled(field, control, () => control.value || null);
}

function options(choices) {
  return choices.map((choice) => make("option", { value: choice.value, lang: choice.lang }, choice.label));
}

function labelled(field, control, read) {
  const { hint, error, describedBy } = notes(field);
  control.id = freshId("field");
  control.required = field.required;
  control.setAttribute("aria-describedby", describedBy);
  const element = make("div", { class: "field" },
    make("div", { class: "field-label" },
      make("label", { for: control.id, dir: "auto" }, field.label), requiredMark(field)),
    hint, control, error);
  return finished(field, element, [control], error, read);
}

function radioField(field) {
  const group = freshId("radios");
  const { hint, error, describedBy } = notes(field);
  const radios = field.choices.map((choice) => make("input", {
    type: "radio",
    id: freshId("field"),
    name: group,
    value: choice.value,
    required: field.required,
    checked: choice.value === field.initial,
  }));
  const element = make("fieldset", {
    class: "field",
    role: "radiogroup",
    "aria-required": String(field.required),
    "aria-describedby": describedBy,
  },
    make("legend", { dir: "auto" }, field.label, requiredMark(field)), hint, lines(field.choices, radios), error);
  const read = () => radios.find((radio) => radio.checked)?.value ?? null;
  return finished(field, element, radios, error, read, element);
}

function checkboxesField(field) {
  const { hint, error, describedBy } = notes(field, field.required ? "Choose at least one." : "");
  const initial = field.initial ?? [];
  const boxes = field.choices.map((choice) => make("input", {
    type: "checkbox",
    id: freshId("field"),
    value: choice.value,
    checked: initial.includes(choice.value),
    "aria-describedby": error.id,
  }));
  const element = make("fieldset", { class: "field", "aria-describedby": describedBy },
    make("legend", { dir: "auto" }, field.label, requiredMark(field)), hint, lines(field.choices, boxes), error);
  const read = () => boxes.filter((box) => box.checked).map((box) => box.value);
  return finished(field, element, boxes, error, read);
}

function consentField(field) {
  const { hint, error, describedBy } = notes(field);
  const box = make("input", {
    type: "checkbox",
    id: freshId("field"),
    required: field.required,
    checked: Boolean(field.initial),
    "aria-describedby": describedBy,
  });
  const element = make("div", { class: "field consent" },
    make("div", { class: "tick" }, box, make("label", { for: box.id, dir: "auto" }, field.label), requiredMark(field)),
    hint, error);
  return finished(field, element, [box], error, () => box.checked);
}

function lines(choices, inputs) {
  return choices.map((choice, index) => make("div", { class: "tick" },
    inputs[index], make("label", { for: inputs[index].id, dir: "auto" }, choice.label)));
}

function notes(field, extra = "") {
  const hint = make("p", { id: freshId("hint"), class: "hint", dir: "auto" }, [field.hint, extra].filter(Boolean).join(" "));
  const error = make("p", { id: freshId("error"), class: "field-error", dir: "auto" });
  return { hint, error, describedBy: `${hint.id} ${error.id}` };
}

// For the eye only: assistive technology hears "required" from the control itself.
function requiredMark(field) {
  return field.required && make("span", { class: "required", "aria-hidden": "true" }, "*");
}

function finished(field, element, controls, error, read, invalidOn = null) {
  return {
    name: field.name,
    element,
    first: controls[0],
    read,
    showError(sentence) {
      error.textContent = sentence ?? "";
      element.classList.toggle("wrong", Boolean(sentence));
      for (const marked of invalidOn ? [invalidOn] : controls) {
        if (sentence) marked.setAttribute("aria-invalid", "true");
        else marked.removeAttribute("aria-invalid");
      }
    },
  };
}
