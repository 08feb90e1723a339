// Purchasing: printing, choosing all rows, tables as cards on a phone.
"use strict";
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
for (const all of document.querySelectorAll("[data-all]")) {
  all.addEventListener("change", () => {
    for (const box of all.closest("table").querySelectorAll("tbody input[type=checkbox]:not(:disabled)")) box.checked = all.checked;
  });
}
// On a phone a row becomes a card: every cell says what it is by its column's head.
for (const table of document.querySelectorAll("table.cards")) {
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  for (const row of table.tBodies[0].rows) [...row.cells].forEach((cell, n) => { if (heads[n]) cell.dataset.l = heads[n]; });
  table.classList.add("labelled");
}
