// The kit matrix: a row opens to its sizes under it, and closes again without asking the server.
"use strict";
document.addEventListener("htmx:beforeRequest", (event) => {
  const button = event.target.closest(".km .open");
  if (!button) return;
  const below = button.closest("tr").nextElementSibling;
  if (below?.classList.contains("ex")) {
    event.preventDefault();
    below.remove();
    button.setAttribute("aria-expanded", "false");
    return;
  }
  button.setAttribute("aria-expanded", "true");
});
