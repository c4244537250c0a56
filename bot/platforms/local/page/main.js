// Puts the parts of the page together: who I am, where I am, and the news that comes in.
import { addressed, nowAt, rememberedPerson } from "./address.js";
import * as api from "./api.js";
import { clearProblem, say, showConnection, showProblem } from "./announce.js";
import { startClock } from "./clock.js";
import { Conversation } from "./conversation.js";
import { startDrawer } from "./drawer.js";
import { mayFocusWriting } from "./focus.js";
import { botFormIsOver, forgetBotForms, openBotForm } from "./form_dialog.js";
import { messageAsSentence } from "./message.js";
import { dismissAll } from "./modal.js";
import { firstPlace } from "./moves.js";
import { firstMember, isKnown, startWho } from "./people.js";
import { startPlaces } from "./places.js";
import { changed, clockIs, clockIsAtLeast, findPlace, openPlace, placeIs, session } from "./session.js";
import { listen } from "./stream.js";
import { startTheme } from "./theme.js";
import { Thread } from "./thread.js";

const part = (id) => document.getElementById(id);
const TRY_AGAIN_AFTER = 2000;
const ASK_TIME_EVERY = 60000;
const NOT_IN = "That is in a place that you are not in. Join it first.";
const GONE = "That message is no longer there.";

startTheme(part("theme-button"));
startClock(part("clock"));
startWho(part("who"), become);
startPlaces(part("places"), enter);
const drawer = startDrawer(part("drawer-button"), part("places"), [part("conversation"), part("thread")]);
const thread = new Thread(part("thread"), goTo);
const conversation = new Conversation(part("conversation"), {
  enter, become, goTo, showPlaces: drawer.open, openThread: (message) => thread.open(message),
});
let stopListening = () => {};

addEventListener("popstate", () => {
  const { person, place } = addressed();
  if (person && person !== session.me?.id) become(person);
  else if (findPlace(place)) show(place);
});
setInterval(() => session.me && !document.hidden && refresh().catch(() => {}), ASK_TIME_EVERY);
start();

async function start() {
  try {
    session.people = await api.people();
  } catch {
    showConnection(false);
    setTimeout(start, TRY_AGAIN_AFTER);
    return;
  }
  showConnection(true);
  changed("people");
  const remembered = rememberedPerson();
  const person = isKnown(remembered) ? remembered : firstMember();
  if (person) become(person);
  else changed("me");
}

async function become(id, { newcomer = false } = {}) {
  let state;
  try {
    state = await api.state(id);
  } catch (problem) {
    showProblem(problem);
    changed("me");
    return;
  }
  stopListening();
  dismissAll();
  forgetBotForms();
  thread.close({ quietly: true });
  const wanted = addressed().person === id ? addressed().place : null;
  session.openPlace = null;
  take(state);
  listenAs(id);
  const place = isOpenToMe(wanted) ? wanted : firstPlace();
  nowAt(id, place);
  await conversation.open(place);
  if (newcomer) document.querySelector('[data-key="first-step"]')?.focus();
}

function listenAs(id) {
  stopListening = listen(id, {
    message: messageArrived,
    deleted: (gone) => {
      conversation.removed(gone);
      thread.removed(gone);
    },
    place: placeChanged,
    people: reloadPeople,
    clock: clockIs,
    form: ({ id: formId, form }) => openBotForm(formId, form),
    closed: ({ id: formId }) => botFormIsOver(formId),
  }, catchUp);
}

function take(state) {
  session.me = state.me;
  session.clock = state.clock;
  session.places = state.places;
  session.commands = state.commands;
  session.shortcuts = state.shortcuts;
  changed("me", "places", "clock");
}

async function refresh() {
  const asked = session.me.id;
  const state = await api.state(asked);
  if (asked === session.me.id) take(state);
}

async function catchUp() {
  try {
    await refresh();
    await Promise.all([conversation.catchUp(), thread.catchUp()]);
  } catch (problem) {
    showProblem(problem);
  }
}

async function reloadPeople() {
  try {
    session.people = await api.people();
    changed("people");
    // My role, and with it my commands, may have changed too.
    await refresh();
  } catch (problem) {
    showProblem(problem);
  }
}

function messageArrived(message) {
  const isHere = message.place === session.openPlace;
  if (isHere && isNews(message)) say(messageAsSentence(message));
  clockIsAtLeast(message.at);
  conversation.arrived(message);
  thread.arrived(message);
}

const heard = new Set();
function isNews(message) {
  const key = `${session.me.id} ${message.id}`;
  const isFirst = !heard.has(key) && !message.edited && !message.replies;
  heard.add(key);
  return isFirst && message.author.id !== session.me.id && !conversation.list.has(message.id);
}

function placeChanged(place) {
  placeIs(place);
  if (place.id !== session.openPlace) return;
  if (place.kind === "channel" && !place.joined) enter(firstPlace());
  else if (place.unread) conversation.markRead();
}

function isOpenToMe(id) {
  const place = findPlace(id);
  return place !== null && (place.joined || place.kind === "direct");
}

// Going somewhere on purpose: the address follows, and the keyboard lands where one writes.
function enter(id) {
  show(id);
  nowAt(session.me.id, id);
  if (openPlace() && mayFocusWriting()) conversation.composer.box.focus();
}

// Where a button leads: the message itself, lit up for a moment, in its thread if it is in one.
async function goTo({ place, message, thread: root }) {
  clearProblem();
  if (!isOpenToMe(place)) return showProblem(findPlace(place) ? NOT_IN : GONE);
  if (place !== session.openPlace) {
    nowAt(session.me.id, place);
    await show(place);
  } else if (!root) {
    thread.close({ quietly: true });
  }
  if (!await conversation.find(root ?? message)) return showProblem(GONE);
  if (!root) return;
  await thread.open(conversation.list.get(root));
  if (!thread.reveal(message)) showProblem(GONE);
}

function show(id) {
  drawer.close();
  thread.close({ quietly: true });
  return conversation.open(id);
}
