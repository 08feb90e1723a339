// Slips: fill every line with what is usual, add up, move on with the keypad's key, and send a slip once.
"use strict";
(() => {
  const slip = document.querySelector("form[data-slip]");
  if (!slip) return;
  const fields = [...slip.querySelectorAll("input.q")];
  const sums = document.querySelectorAll("[data-sum]");
  const read = (field) => {
    const figure = Number(field.value.normalize("NFKC").replace(/[^0-9.-]/g, ""));
    return Number.isFinite(figure) ? figure : 0;
  };
  function add() {
    const filled = fields.filter((field) => read(field) !== 0);
    const units = new Set(filled.map((field) => field.dataset.unit)); // metres and pairs have no sum
    const total = Math.round(filled.reduce((sum, field) => sum + read(field), 0) * 1000) / 1000;
    const words = units.size === 1 ? ` · ${total.toLocaleString("en")} ${[...units][0]}` : "";
    for (const sum of sums) sum.textContent = `${filled.length} / ${fields.length}${words}`;
  }
  slip.addEventListener("input", add);
  for (const button of document.querySelectorAll("[data-fill]")) {
    button.addEventListener("click", () => {
      const isFull = fields.every((field) => !field.dataset.usual || field.value === field.dataset.usual);
      for (const field of fields) if (field.dataset.usual) field.value = isFull ? "" : field.dataset.usual;
      add();
    });
  }
  slip.addEventListener("keydown", (event) => {
    const place = fields.indexOf(event.target);
    if (event.key !== "Enter" || place < 0) return;
    event.preventDefault();
    const next = fields[place + 1];
    if (next) next.select(); else event.target.blur();
  });
  slip.addEventListener("submit", (event) => {
    // a second tap while the first is on its way; the server books the form's key once all the same
    if (slip.dataset.sent) event.preventDefault();
    slip.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => { delete slip.dataset.sent; });
  add();
})();
