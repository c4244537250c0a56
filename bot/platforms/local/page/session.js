// What the page knows right now, and who wants to hear when it changes.

export const session = {
  me: null,
  people: [],
  places: [],
  commands: [],
  shortcuts: [],
  clock: null,
  openPlace: null,
};

const listeners = new Map();

export function whenChanged(topics, tell) {
  for (const topic of topics) {
    listeners.set(topic, [...(listeners.get(topic) ?? []), tell]);
  }
}

export function changed(...topics) {
  const told = new Set(topics.flatMap((topic) => listeners.get(topic) ?? []));
  for (const tell of told) tell();
}

export function findPlace(id) {
  return session.places.find((place) => place.id === id) ?? null;
}

export function openPlace() {
  return findPlace(session.openPlace);
}

export function placeIs(place) {
  const at = session.places.findIndex((known) => known.id === place.id);
  if (at < 0) session.places.push(place);
  else session.places[at] = { ...session.places[at], ...place };
  changed("places");
}

export function clockIs(clock) {
  session.clock = clock;
  changed("clock");
}

// The bot's clock may stand still or be moved from another window,
// so the page never ticks by itself: it only believes what the server stamps.
export function clockIsAtLeast(at) {
  if (session.clock && new Date(at) > new Date(session.clock.now)) {
    clockIs({ ...session.clock, now: at });
  }
}
