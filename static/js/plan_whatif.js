// The row of a new assumption shows the fields that its kind needs.
"use strict";
(() => {
  const kinds = document.querySelector("[data-kinds]");
  if (!kinds) return;
  const fields = [...kinds.form.querySelectorAll("[data-for]")];
  function show() {
    for (const field of fields) field.hidden = !field.dataset.for.split(" ").includes(kinds.value);
  }
  kinds.addEventListener("change", show);
  show();
})();
