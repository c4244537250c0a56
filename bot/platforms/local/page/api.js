// Every question the page asks of the local chat service, one function each.

const UNREACHABLE = "Baraza cannot be reached just now. Please try again in a moment.";
const UNEXPLAINED = "That did not work. Please try again.";

// "fields" holds one sentence per form field when the server found mistakes in a form.
export class Refusal extends Error {
  constructor(sentence, fields = null) {
    super(sentence);
    this.fields = fields;
  }
}

export const people = async () => (await get("/local/people")).people;
export const newPerson = async (name, language) => (await post("/local/people", { name, language })).person;
export const state = (person) => get("/local/state", { person });

export const join = (person, place) => post("/local/join", { person, place });
export const leave = (person, place) => post("/local/leave", { person, place });
export const invite = (person, place) => post("/local/invite", { person, place });
export const newPlace = async (person, name) => (await post("/local/places", { person, name })).place;
export const read = (person, place) => post("/local/read", { person, place });

export const messages = (person, place, { thread, before } = {}) =>
  get("/local/messages", { person, place, thread, before });
export const write = async (message) => (await post("/local/messages", message)).message;
export const edit = (message, person, text) => post(`/local/messages/${encodeURIComponent(message)}/edit`, { person, text });
export const remove = (message, person) => post(`/local/messages/${encodeURIComponent(message)}/delete`, { person });
export const react = (message, person, emoji, removed) =>
  post(`/local/messages/${encodeURIComponent(message)}/react`, { person, emoji, removed });

// "message" is the one that the command is a reply to, if it is.
export const command = (person, place, text, message) => post("/local/commands", { person, place, text, message });
export const shortcut = (person, message, shortcut) => post("/local/shortcuts", { person, message, shortcut });
export const press = (person, message, button) => post("/local/buttons", { person, message, button });
export const answerForm = (form, person, values) => post(`/local/forms/${encodeURIComponent(form)}`, { person, values });
export const closeForm = (form, person) => post(`/local/forms/${encodeURIComponent(form)}/close`, { person });
export const moveClock = async (person, forward) => (await post("/local/clock", { person, forward })).clock;

export const fileAddress = (file) => `/local/files/${encodeURIComponent(file.id)}`;
export const streamAddress = (person) => `/local/stream?${new URLSearchParams({ person })}`;

export async function upload(person, file) {
  const address = `/local/files?${new URLSearchParams({ person, name: file.name })}`;
  const type = file.type || "application/octet-stream";
  return (await ask(address, { method: "POST", body: file, headers: { "Content-Type": type } })).file;
}

function get(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value);
  return ask(given.length ? `${path}?${new URLSearchParams(given)}` : path);
}

function post(path, body) {
  return ask(path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" },
  });
}

async function ask(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch {
    throw new Refusal(UNREACHABLE);
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Refusal(answer?.error || UNEXPLAINED, answer?.errors || null);
  return answer ?? {};
}
