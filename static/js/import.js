// Import: a file too large is told before it is sent; J and K walk the rows (app.js), Enter goes to the wrong cell; Ctrl+Enter imports.
"use strict";
(() => {
  const form = document.querySelector("form.up");
  const file = form && form.querySelector("input[type=file]");
  if (file) {
    file.addEventListener("change", () => {
      const chosen = file.files[0];
      file.setCustomValidity(chosen && chosen.size > Number(form.dataset.limit) ? form.dataset.tooLarge : "");
      file.reportValidity();
    });
  }
  document.addEventListener("keydown", (event) => {
    const approve = document.getElementById("approve");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && approve) {
      event.preventDefault();
      approve.requestSubmit();
      return;
    }
    const typing = event.target.closest("input, select, textarea, button, a, summary");
    if (event.key === "Enter" && !typing) {
      const cell = document.querySelector("tr.sel .bad input");
      if (cell) {
        event.preventDefault();
        cell.select();
      }
    }
  });
})();
