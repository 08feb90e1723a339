// The frame of every page: factory clock, search, keys, row walking, toasts. Works on server-rendered HTML; adds no data of its own.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const english = document.documentElement.lang.startsWith("en");

  // On a phone the pages of a department scroll sideways: the open one comes into sight.
  for (const open of $$(".sub [aria-current]")) open.parentElement.scrollLeft = open.offsetLeft - open.parentElement.offsetLeft - 24;

  // Factory clock: the server's time, moved on by this browser's stopwatch; the browser's own clock and zone do not matter.
  const clock = $(".clock[data-now]");
  function isoWeek(year, month, day) {
    const date = new Date(Date.UTC(year, month - 1, day));
    date.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
    return Math.ceil(((date - Date.UTC(date.getUTCFullYear(), 0, 1)) / 864e5 + 1) / 7);
  }
  function tick() {
    const instant = new Date(Number(clock.dataset.now) * 1000 + performance.now() - started);
    const parts = {};
    for (const part of zoneFormat.formatToParts(instant)) parts[part.type] = part.value;
    const [year, month, day] = [+parts.year, +parts.month, +parts.day];
    const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
    const week = isoWeek(year, month, day);
    const date = english
      ? `${"Sun Mon Tue Wed Thu Fri Sat".split(" ")[weekday]} ${day} ${"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ")[month - 1]} · W${week}`
      : `${month}月${day}日 周${"日一二三四五六"[weekday]} · 第${week}周`;
    $("b", clock).textContent = `${parts.hour}:${parts.minute}`;
    $("small", clock).textContent = date;
    setTimeout(tick, 60000 - (instant % 60000) + 50);
  }
  let zoneFormat;
  const started = performance.now();
  if (clock) {
    const fields = { year: "numeric", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    zoneFormat = new Intl.DateTimeFormat("en-GB", { ...fields, timeZone: clock.dataset.zone });
    tick();
  }

  // Toasts: ten seconds, pausing while looked at; a toast may carry one button of its own (undo).
  function toast(text, button) {
    const box = document.createElement("div");
    const words = document.createElement("span");
    const close = document.createElement("button");
    let timer = 0;
    const wait = () => { timer = setTimeout(() => box.remove(), 10000); };
    const pause = () => clearTimeout(timer);
    box.className = "toast";
    words.textContent = text;
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", document.body.dataset.close);
    close.addEventListener("click", () => box.remove());
    box.append(words, ...(button ? [button] : []), close);
    for (const name of ["mouseenter", "focusin"]) box.addEventListener(name, pause);
    for (const name of ["mouseleave", "focusout"]) box.addEventListener(name, () => { pause(); wait(); });
    $("#toasts").append(box);
    wait();
    return box;
  }
  window.shell = { toast };
  function showWaitingToasts(root) {
    for (const message of $$("template[data-toast]", root)) {
      toast(message.content.textContent.trim());
      message.remove();
    }
  }
  showWaitingToasts(document);
  document.addEventListener("htmx:load", (event) => showWaitingToasts(event.detail.elt));
  document.addEventListener("htmx:sendError", () => toast(document.body.dataset.lost));
  document.addEventListener("htmx:responseError", () => toast(document.body.dataset.fault));

  // Search
  const finder = $("#finder");
  function find() {
    if (!finder) return;
    if (!finder.open) finder.showModal();
    const field = $("input[type=search]", finder);
    field.select();
    field.dispatchEvent(new Event("shown"));
  }
  function walkHits(step) {
    const hits = $$("a", $("#finder-hits"));
    if (!hits.length) return;
    const now = hits.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
    const next = hits[(now + step + hits.length) % hits.length] || hits[0];
    for (const hit of hits) hit.removeAttribute("aria-selected");
    next.setAttribute("aria-selected", "true");
    next.scrollIntoView({ block: "nearest" });
  }
  if (finder) {
    finder.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        walkHits(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Escape") {
        event.preventDefault(); // a search field would only empty itself
        finder.close();
      } else if (event.key === "Enter" && !event.isComposing) {
        const hit = $("a[aria-selected=true]", finder) || $("#finder-hits a");
        if (hit) {
          event.preventDefault();
          hit.click();
        }
      }
    });
    finder.addEventListener("click", (event) => { if (event.target === finder) finder.close(); });
  }

  // Rows: J and K walk over whatever carries data-row or data-href
  const rows = () => $$("main [data-href], main [data-row]").filter((row) => row.offsetParent !== null);
  const selected = () => $("main .sel[data-href], main .sel[data-row]");
  function walk(step) {
    const all = rows();
    const now = all.indexOf(selected());
    const next = all[now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + step, 0), all.length - 1)];
    if (!next) return;
    for (const row of all) row.classList.toggle("sel", row === next);
    if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
  // What was typed into a filter's search is asked for while typing. Leaving the field would ask once more and take the selected row away.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-filter][hx-get] input[name=q]")) event.stopPropagation();
  }, true);
  function openRow(row) {
    if (!row) return false;
    const link = row.dataset.href ? null : $("a[href]", row);
    if (link) link.click();
    else if (row.dataset.href) location.assign(row.dataset.href);
    return true;
  }
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-finder],[data-keys]");
    if (opener) {
      event.preventDefault();
      opener.closest("[popover]")?.hidePopover();
      if ("finder" in opener.dataset) find(); else showKeys();
      return;
    }
    const row = event.target.closest("main [data-href]");
    if (!row || event.target.closest("a,button,input,select,textarea,label,summary") || String(getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href);
    else openRow(row);
  });

  // Keys. A page gives its own by data-key="n" on a link or button; they are listed under "?" with its words.
  const keysDialog = $("#keys");
  const switchBox = $("#keys-on");
  const lettersOff = () => localStorage.getItem("letters") === "off";
  if (switchBox) {
    switchBox.checked = !lettersOff();
    switchBox.addEventListener("change", () => localStorage.setItem("letters", switchBox.checked ? "on" : "off"));
  }
  const mine = () => $$("[data-key]").filter((element) => element.offsetParent !== null);
  function showKeys() {
    if (!keysDialog) return;
    const list = $("#keys-here");
    list.replaceChildren();
    for (const element of mine()) {
      const [term, words, cap] = ["dt", "dd", "kbd"].map((name) => document.createElement(name));
      cap.textContent = element.dataset.key.toUpperCase();
      const text = [...element.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join(" ");
      words.textContent = element.getAttribute("aria-label") || text.trim();
      term.append(cap);
      list.append(term, words);
    }
    if (!keysDialog.open) keysDialog.showModal();
  }
  const actions = {
    j: () => walk(1),
    k: () => walk(-1),
    x: () => { const box = selected() && $("input[type=checkbox]", selected()); if (box) box.click(); },
    e: () => { const more = selected() && $("summary,[aria-expanded]", selected()); if (more) more.click(); },
    f: () => { const field = $("[data-filter] input:not([type=hidden]), [data-filter] select, .filters input:not([type=hidden]), .filters select"); if (field) field.focus(); },
    "/": find,
    "?": showKeys,
  };
  let going = -Infinity;
  const isField = (element) => element.closest("input:not([type=checkbox]):not([type=radio]),textarea,select,[contenteditable=true],[data-grid]");
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && key === "k") {
      event.preventDefault();
      find();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target) || $("dialog[open]")) return;
    if (key === "enter") {
      const onRow = event.target === document.body || event.target === selected();
      if (onRow && openRow(selected())) event.preventDefault();
      return;
    }
    if (lettersOff() || key.length !== 1) return;
    if (performance.now() - going < 1500) {
      going = -Infinity;
      const target = $(`[data-go="${CSS.escape(key)}"]`);
      if (target) location.assign(target.href);
      return;
    }
    if (key === "g") {
      going = performance.now();
      return;
    }
    const own = mine().find((element) => element.dataset.key.toLowerCase() === key);
    if (!own && !actions[key]) return;
    event.preventDefault();
    if (own) own.click(); else actions[key]();
  });

  // On a Mac the key is ⌘
  if (/Mac|iPhone|iPad/.test(navigator.platform)) {
    for (const cap of $$("kbd")) cap.textContent = cap.textContent.replace(/^Ctrl /, "⌘");
  }
})();
