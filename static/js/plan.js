// Plan pages: printing, and the arrow keys to the plans before and after. Letters are keys by data-key (app.js).
"use strict";
(() => {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    for (const menu of document.querySelectorAll("details.vers[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  // All rows were asked for to be printed: print them, and the way back is the page of a hundred.
  if (location.hash === "#print") {
    history.replaceState(null, "", location.pathname + location.search);
    window.addEventListener("load", () => window.print());
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") for (const menu of document.querySelectorAll("details.vers[open]")) menu.open = false;
    if (event.target.closest("input,textarea,select,[contenteditable=true]")) return;
    const way = { ArrowLeft: "left", ArrowRight: "right" }[event.key];
    const link = way && document.querySelector(`[data-arrow="${way}"]`);
    if (link) {
      event.preventDefault();
      link.click();
    }
  });
})();
