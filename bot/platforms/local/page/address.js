// The address bar says who and where I am, so three windows can be three people
// and a reload comes back to the same place.

const KEPT_AS = "baraza.person";

export function addressed() {
  const query = new URLSearchParams(location.search);
  return { person: query.get("person"), place: query.get("place") };
}

export function rememberedPerson() {
  return addressed().person || localStorage.getItem(KEPT_AS);
}

export function nowAt(person, place) {
  localStorage.setItem(KEPT_AS, person);
  const query = new URLSearchParams({ person });
  if (place) query.set("place", place);
  const wanted = `?${query}`;
  if (wanted === location.search) return;
  // A new place is a step one can go Back from; becoming somebody else is not.
  const sameMoment = addressed().person !== person || !addressed().place;
  history[sameMoment ? "replaceState" : "pushState"](null, "", wanted);
}
