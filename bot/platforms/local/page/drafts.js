// Half-written text survives walking to another place, becoming somebody else, and a reload.

export const draftKey = (...where) => `baraza.draft ${where.filter(Boolean).join(" ")}`;

export function draftFor(key) {
  return sessionStorage.getItem(key) ?? "";
}

export function keepDraft(key, text) {
  if (text) sessionStorage.setItem(key, text);
  else sessionStorage.removeItem(key);
}
