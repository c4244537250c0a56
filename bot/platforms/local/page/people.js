// "Who am I": everybody who uses this page, grouped by what they do here.
import { make } from "./make.js";
import { session, whenChanged } from "./session.js";
import { askSomebodyNew } from "./somebody_new.js";

const SOMEBODY_NEW = "somebody-new";
const GROUPS = new Map([
  ["member", "Members"],
  ["expert", "Experts"],
  ["facilitator", "Facilitators"],
  ["stakeholder", "Stakeholders"],
  ["", "Newcomers"],
]);

export function startWho(select, become) {
  let drawn = null;
  const draw = () => {
    // Redrawing would close the list under the hands of somebody who is choosing.
    const drawing = JSON.stringify([session.me?.id, session.people]);
    if (drawing === drawn) return;
    drawn = drawing;
    select.replaceChildren(
      ...(session.me ? [] : [make("option", { value: "" }, "Choose…")]),
      ...peopleOptions(),
      make("option", { value: SOMEBODY_NEW }, "Somebody new…"),
    );
    select.value = session.me?.id ?? "";
  };
  select.addEventListener("change", () => {
    const chosen = select.value;
    if (chosen !== SOMEBODY_NEW) return become(chosen);
    select.value = session.me?.id ?? "";
    askSomebodyNew(become);
  });
  whenChanged(["me", "people"], draw);
}

// Used by the chooser above and by forms that ask for a person.
export function peopleOptions() {
  const humans = session.people.filter((person) => !person.is_bot);
  const roles = [...new Set([...GROUPS.keys(), ...humans.map((person) => person.role ?? "")])];
  return roles
    .map((role) => ({ role, those: humans.filter((person) => (person.role ?? "") === role) }))
    .filter(({ those }) => those.length)
    .map(({ role, those }) => make("optgroup", { label: GROUPS.get(role) ?? role },
      those.map((person) => make("option", { value: person.id, lang: person.language }, person.name))));
}

export function firstMember() {
  return session.people.find((person) => person.role === "member" && !person.is_bot)?.id ?? null;
}

export function isKnown(id) {
  return session.people.some((person) => person.id === id && !person.is_bot);
}
