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
// A cell that is missing opens beside the matrix; C goes to the answer to write down.
document.addEventListener("click", async (event) => {
  const link = event.target.closest(".km .kc a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  document.querySelectorAll(".kc.on").forEach((cell) => cell.classList.remove("on"));
  link.closest(".kc").classList.add("on");
  await htmx.ajax("GET", link.href, { target: "#side", swap: "innerHTML" });
  if (window.matchMedia("(max-width:1100px)").matches) document.getElementById("side").scrollIntoView({ block: "start" });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "c" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input,select,textarea")) return;
  const answer = document.querySelector("#side [name=answer]");
  if (!answer) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  answer.closest("details").open = true;
  answer.focus();
}, true);
