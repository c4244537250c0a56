import * as api from "./api.js";
import { say, showProblem } from "./announce.js";
import { focusIsLost } from "./focus.js";
import { drawIcon } from "./icons.js";
import { make } from "./make.js";
import { fullDay, placeOfZone, shortDay, timeOfDay } from "./moments.js";
import { clockIs, session, whenChanged } from "./session.js";

const STEPS = [
  { forward: "hour", label: "+1 hour" },
  { forward: "day", label: "+1 day" },
  { forward: "monday", label: "Next Monday 09:00" },
];

export function startClock(section) {
  const face = make("p", { class: "clock-face" });
  const buttons = STEPS.map((step) => make("button", {
    type: "button",
    class: "quiet-button",
    onclick: (event) => move(section, buttons, event.currentTarget, step),
  }, step.label));
  section.append(drawIcon("clock"), face, make("div", { class: "clock-steps" }, buttons));
  whenChanged(["clock"], () => face.replaceChildren(...drawTime()));
}

function drawTime() {
  if (!session.clock) return [];
  const { now, time_zone: zone } = session.clock;
  return [
    make("time", { datetime: now, title: `${fullDay(now)}, ${zone}` },
      make("strong", {}, timeOfDay(now)), " ", make("span", {}, shortDay(now))),
    make("span", { class: "clock-zone" }, `${placeOfZone(zone)} time`),
  ];
}

async function move(section, buttons, pressed, step) {
  setBusy(section, buttons, true);
  say("Moving the clock forward. This can take a few seconds.");
  try {
    clockIs(await api.moveClock(session.me?.id, step.forward));
    say(`It is now ${fullDay(session.clock.now)}, ${timeOfDay(session.clock.now)}.`);
  } catch (problem) {
    showProblem(problem);
  }
  setBusy(section, buttons, false);
  if (focusIsLost()) pressed.focus();
}

function setBusy(section, buttons, busy) {
  section.setAttribute("aria-busy", String(busy));
  for (const button of buttons) button.disabled = busy;
}
