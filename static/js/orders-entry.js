// Order entry around the grid: the server's check while one types, days as understood, styles while typing, the kept draft.
"use strict";
(() => {
  const { rows, field, words, save, restore, totals } = window.orderGrid;
  const form = document.getElementById("order-form");
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const named = (name) => form.elements.namedItem(name);

  // Check: the server judges, this shows it. Only the answer to the last question counts.
  let question = 0;
  let waiting = 0;
  async function check() {
    const mine = (question += 1);
    let answer = null;
    try {
      const response = await fetch(form.dataset.checkUrl, { method: "POST", body: new FormData(form) });
      if (response.ok) answer = await response.json();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // a TypeError of fetch is a lost network
    }
    if (mine !== question) return;
    const standing = $("#standing");
    if (!answer) {
      standing.textContent = words("Offline");
      return;
    }
    $("#issues").innerHTML = answer.issues;
    standing.textContent = answer.toFix ? words("Tofix", { n: answer.toFix }) : answer.toConfirm ? words("Toconfirm", { n: answer.toConfirm }) : "";
    standing.classList.toggle("t-late", answer.toFix > 0);
    mark(answer.wrong, answer.odd);
    understood(answer.understood);
  }
  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(() => { keep(); check(); }, 500);
  }
  function mark(wrong, odd) {
    for (const input of $$("[aria-invalid]", form)) input.removeAttribute("aria-invalid");
    for (const old of $$(".err, .invalid-feedback", form)) old.remove();
    for (const old of $$(".bad, .is-invalid", form)) old.classList.remove("bad", "is-invalid");
    for (const name of Object.keys(wrong)) {
      const input = named(name);
      if (!input || !input.closest) continue;
      input.setAttribute("aria-invalid", "true");
      const box = input.closest("td") || input.parentElement;
      if (box.matches(".szc")) {
        box.classList.add("bad");
        input.setAttribute("aria-describedby", `lines-${input.closest("tr").dataset.line}-check`);
      } else {
        const note = Object.assign(document.createElement("small"), { className: "err", id: `${name}-error`, textContent: wrong[name] });
        input.setAttribute("aria-describedby", note.id);
        box.append(note);
      }
    }
    for (const row of rows()) {
      const start = `lines-${row.dataset.line}-`;
      const faults = Object.keys(wrong).filter((name) => name.startsWith(start));
      const state = faults.length ? ["late", "Fix"] : odd.some((name) => name.startsWith(start)) ? ["risk", "Odd"] : ["done", "Ok"];
      const box = $(".ck", row);
      box.replaceChildren();
      if (!field(row, "style").value) continue;
      const chip = Object.assign(document.createElement("span"), { className: `st ${state[0]}`, textContent: words(state[1]) });
      chip.title = faults.map((name) => wrong[name]).join("\n");
      box.append(chip);
    }
  }
  function understood(days) {
    for (const old of $$(".got", form)) old.remove();
    for (const [name, text] of Object.entries(days)) {
      const input = named(name);
      const note = Object.assign(document.createElement("small"), { className: "got", textContent: text.slice(0, 10) === input.value ? text.slice(11) : text });
      input.after(note);
    }
  }

  // One day for all lines: those that had the old one follow.
  const due = named("due_on");
  let dueBefore = due.value;
  due.addEventListener("change", () => {
    for (const row of rows()) if (dueBefore && field(row, "due_on").value === dueBefore) field(row, "due_on").value = due.value;
    dueBefore = due.value;
  });

  // Styles and customers while typing
  let asking = 0;
  form.addEventListener("input", (event) => {
    const { value, list, dataset: { suggest } } = event.target;
    if (!suggest) return;
    clearTimeout(asking);
    asking = setTimeout(async () => {
      const answer = await fetch(`${form.dataset.suggestUrl}?what=${suggest}&q=${encodeURIComponent(value)}`);
      if (answer.ok) list.replaceChildren(...(await answer.json()).found.map((one) => new Option(one.label, one.value)));
    }, 120);
  });

  // Draft: kept in this browser until the order is saved.
  const key = form.dataset.draftKey;
  const header = () => $$("[name]", form).filter((input) => !/^(lines-|csrf|confirmed)/.test(input.name));
  function keep() {
    const at = $(".clock b").textContent; // the factory's time
    const values = Object.fromEntries(header().map((input) => [input.name, input.value]));
    const draft = { at, values, lines: save() };
    if (JSON.stringify([draft.values, draft.lines]) === untouched) return;
    localStorage.setItem(key, JSON.stringify(draft));
    const state = $("#draft-state");
    if (state) state.textContent = words("Saved", { time: at });
  }
  const untouched = JSON.stringify([Object.fromEntries(header().map((input) => [input.name, input.value])), save()]);
  function offerDraft() {
    const kept = JSON.parse(localStorage.getItem(key) || "null");
    const banner = $("#draft");
    if (!kept || "bound" in form.dataset || JSON.stringify([kept.values, kept.lines]) === untouched) return;
    $("[data-when]", banner).textContent = kept.at;
    banner.hidden = false;
    $("[data-restore]", banner).addEventListener("click", async () => {
      banner.hidden = true;
      for (const [name, value] of Object.entries(kept.values)) if (named(name)) named(name).value = value;
      dueBefore = due.value;
      await restore(kept.lines);
    });
    $("[data-discard]", banner).addEventListener("click", () => {
      localStorage.removeItem(key);
      banner.hidden = true;
    });
  }

  // Jumps, zeros and the other editor's values
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-goto],[data-fill],[data-take]");
    if (!button) return;
    const { goto, fill, take, value } = button.dataset;
    if (goto) {
      event.preventDefault();
      const target = named(goto);
      const visible = target && target.type === "hidden" ? $("[data-size]", target.closest("tr")) : target;
      if (visible) visible.focus();
    }
    if (fill) for (const name of fill.split(",")) if (named(name)) named(name).value = "0";
    if (take && named(take)) {
      named(take).value = value;
      button.closest("tr").classList.add("taken");
    }
    if (fill || take) {
      totals();
      soon();
    }
  });
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });
  form.addEventListener("change", soon);
  form.addEventListener("grid:changed", soon);
  offerDraft();
  if ("bound" in form.dataset) {
    const first = $("[aria-invalid=true], .is-invalid", form);
    if (first) first.focus();
    keep();
    check();
  } else if (!named("customer").value && matchMedia("(pointer: fine)").matches) {
    named("customer").focus(); // a phone would open its keyboard over the page
  }
})();
