// Going in and out of places. Each move is told to the server first, then shown.
import * as api from "./api.js";
import { clearProblem, say, showProblem } from "./announce.js";
import { bareName } from "./place_names.js";
import { placeIs, session } from "./session.js";

export async function joinPlace(place, enter) {
  await trying(async () => {
    await api.join(session.me.id, place.id);
    placeIs({ ...place, joined: true });
    say(`You are now in ${bareName(place)}.`);
    enter(place.id);
  });
}

export async function leavePlace(place, enter) {
  await trying(async () => {
    await api.leave(session.me.id, place.id);
    placeIs({ ...place, joined: false, unread: 0 });
    say(`You left ${bareName(place)}.`);
    if (session.openPlace === place.id) enter(firstPlace());
  });
}

export async function inviteBaraza(place) {
  await trying(async () => {
    await api.invite(session.me.id, place.id);
    placeIs({ ...place, has_bot: true });
    say(`Baraza is now in ${bareName(place)}.`);
  });
}

// Somebody who is in no channel yet is welcomed rather than shown an empty chat with the bot.
export function firstPlace() {
  return session.places.find((place) => place.kind === "channel" && place.joined && !place.archived)?.id ?? null;
}

async function trying(action) {
  clearProblem();
  try {
    await action();
  } catch (problem) {
    showProblem(problem);
  }
}
