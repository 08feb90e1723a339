// "Take" fills the login form with an account of the demo.
"use strict";
for (const button of document.querySelectorAll("[data-username]")) {
  button.addEventListener("click", () => {
    const form = document.getElementById("login");
    form.elements.username.value = button.dataset.username;
    form.elements.password.value = button.dataset.password;
    form.querySelector("[type=submit]").focus();
  });
}
