// Order page: printing, and the draft of an order that is saved now.
"use strict";
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
for (const mark of document.querySelectorAll("[data-draft-done]")) localStorage.removeItem(mark.dataset.draftDone);
