import { iconButton } from "./icons.js";
import { make } from "./make.js";

const HEARD_LONG_ENOUGH = 8000;

// Each sentence is its own paragraph, so several arriving at once are all read out.
export function say(sentence) {
  const line = make("p", { dir: "auto" }, sentence);
  document.getElementById("said").append(line);
  setTimeout(() => line.remove(), HEARD_LONG_ENOUGH);
}

export function showProblem(problem) {
  document.getElementById("notice").replaceChildren(
    make("p", { dir: "auto" }, problem.message ?? String(problem)),
    iconButton("close", "Dismiss", { onclick: clearProblem }),
  );
}

export function clearProblem() {
  document.getElementById("notice").replaceChildren();
}

export function showConnection(connected) {
  const line = document.getElementById("connection");
  const text = connected ? "" : "Reconnecting…";
  if (line.textContent !== text) line.textContent = text;
}
