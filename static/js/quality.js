// Inspections: sums while one types, columns of a sample only where one is taken, further rows and all that is missing on demand. Without it all rows are shown.
"use strict";
(() => {
  const form = document.querySelector("[data-inspection]");
  if (!form) return;
  const method = form.querySelector("[name=method]");
  const showColumns = () => form.classList.toggle("full", method.value === "full");
  method.addEventListener("change", showColumns);
  showColumns();

  const numbers = (name) => [...form.querySelectorAll(`input[name^="${name}_"]`)].map((input) => Number(input.value) || 0);
  function sum() {
    for (const cell of form.querySelectorAll("[data-sum]")) {
      cell.textContent = numbers(cell.dataset.sum).reduce((total, n) => total + n, 0).toLocaleString("en");
    }
  }
  form.addEventListener("input", sum);
  sum();

  const fill = form.querySelector("[data-fill]");
  if (fill) {
    fill.hidden = false;
    fill.addEventListener("click", () => {
      for (const row of form.querySelectorAll("[data-missing]")) {
        const input = row.querySelector('input[name^="presented_"]');
        if (!input.value && Number(row.dataset.missing)) input.value = row.dataset.missing;
      }
      sum();
    });
  }

  for (const row of form.querySelectorAll("[data-more]")) row.classList.add("hidden");
  for (const button of form.querySelectorAll("[data-show-more]")) {
    const section = button.closest("section");
    const next = () => section.querySelector("[data-more].hidden");
    button.hidden = !next();
    button.addEventListener("click", () => {
      const row = next();
      row.classList.remove("hidden");
      row.querySelector("input,select").focus();
      button.hidden = !next();
    });
  }
})();
