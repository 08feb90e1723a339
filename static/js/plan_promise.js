// Ask a date: the answer as a sentence goes to the clipboard.
"use strict";
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const said = document.getElementById(button.dataset.copy);
  getSelection().selectAllChildren(said); // without a secure address there is no clipboard: it stands selected for Ctrl C
  navigator.clipboard?.writeText(said.textContent.trim());
});
