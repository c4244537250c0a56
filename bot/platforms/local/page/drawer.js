// On a narrow screen the places live in a drawer over the conversation.
import { drawIcon } from "./icons.js";

const narrow = matchMedia("(max-width: 760px)");

export function startDrawer(button, places, covered) {
  const isOpen = () => button.getAttribute("aria-expanded") === "true";
  button.append(drawIcon("menu"));

  function set(open) {
    button.setAttribute("aria-expanded", String(open));
    document.body.classList.toggle("drawer-open", open);
    // What lies under the drawer cannot be reached, so the keyboard should not get there either.
    for (const part of covered) part.inert = open;
  }
  function close({ focusButton = false } = {}) {
    if (!isOpen()) return;
    set(false);
    if (focusButton) button.focus();
  }
  function open() {
    set(true);
    (places.querySelector('[aria-current="true"]') ?? places.querySelector("button"))?.focus();
  }

  button.addEventListener("click", () => (isOpen() ? close() : open()));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) close({ focusButton: true });
  });
  document.getElementById("rooms").addEventListener("click", (event) => {
    if (event.target.id === "rooms") close({ focusButton: true });
  });
  narrow.addEventListener("change", () => close());
  return { open, close };
}
