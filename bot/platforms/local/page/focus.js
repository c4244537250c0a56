// Lists are redrawn when news arrives. Whoever was on a button must stay on it,
// so things that can be focused carry a data-key that survives the redraw.

export function keepingFocus(container, redraw) {
  const focused = document.activeElement;
  const key = container.contains(focused) ? focused.dataset.key : null;
  redraw();
  if (key && !focused.isConnected) findByKey(container, key)?.focus({ preventScroll: true });
}

export function findByKey(container, key) {
  return [...container.querySelectorAll("[data-key]")].find((element) => element.dataset.key === key) ?? null;
}

export function focusIsLost() {
  return !document.activeElement || document.activeElement === document.body;
}

// On a touch screen, focusing a text box throws the keyboard over the conversation.
export function mayFocusWriting() {
  return !matchMedia("(hover: none)").matches;
}
