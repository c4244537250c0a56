// The newest message stays in view while I am at the bottom,
// and nothing jumps while I am reading further up.
import { drawIcon } from "./icons.js";
import { make } from "./make.js";

const NEAR_ENOUGH = 60;

export function followNewest(scroller, content) {
  let following = true;
  let size = "";
  const jump = make("button", { type: "button", class: "jump", hidden: true, onclick: jumpDown },
    drawIcon("down"), "Newest messages");

  const measured = () => [scroller.scrollHeight, scroller.clientHeight, scroller.clientWidth].join(" ");
  scroller.addEventListener("scroll", () => {
    // The browser scrolls by itself when sizes change; only a person's scrolling counts.
    if (measured() !== size) return;
    following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_ENOUGH;
    jump.hidden = following;
  });
  // Pictures and long texts take their height late, and the keyboard of a phone takes some away.
  const sizes = new ResizeObserver(() => {
    size = measured();
    if (following) toBottom();
  });
  sizes.observe(content);
  sizes.observe(scroller);

  function toBottom() {
    following = true;
    jump.hidden = true;
    scroller.scrollTop = scroller.scrollHeight;
  }

  // The button goes away once used, so the focus moves on to what it led to.
  function jumpDown() {
    toBottom();
    content.querySelector("li:last-child .message")?.focus({ preventScroll: true });
  }

  function keepingPlace(change) {
    const fromBottom = scroller.scrollHeight - scroller.scrollTop;
    following = false;
    change();
    scroller.scrollTop = scroller.scrollHeight - fromBottom;
  }

  function show(message) {
    following = false;
    message.scrollIntoView({ block: "center" });
  }

  return { jump, toBottom, keepingPlace, show };
}
