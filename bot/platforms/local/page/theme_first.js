// A plain script, loaded before anything is drawn: a module would run too late
// and the page would flash in the other colours first.
document.documentElement.dataset.theme = localStorage.getItem("baraza.theme") || "system";
