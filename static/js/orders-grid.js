// Size grid of order entry: rows by size range, keys, paste from Excel, totals, undo of a block in one step.
"use strict";
window.orderGrid = (() => {
  const form = document.getElementById("order-form");
  const table = document.getElementById("lines");
  const $ = (selector, root = form) => root.querySelector(selector);
  const $$ = (selector, root = form) => [...root.querySelectorAll(selector)];
  const words = (key, values = {}) => (form.dataset[`t${key}`] || "").replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const byNumber = (a, b) => a.dataset.line - b.dataset.line;
  const allRows = () => $$("tr.ln", table).sort(byNumber);
  const rows = () => allRows().filter((row) => !row.hidden);
  const field = (row, name) => row.querySelector(`[name="lines-${row.dataset.line}-${name}"]`);
  const sizesOf = (row) => $$("[data-size]", row);
  const changed = () => form.dispatchEvent(new CustomEvent("grid:changed"));
  const did = (text, undoable) => {
    document.getElementById("did").textContent = text;
    $("[data-undo]").hidden = !undoable;
  };

  // Pairs as people write them: null is blank, NaN is unreadable.
  function pairs(text) {
    const plain = text.normalize("NFKC").trim().replace(/\s*(双|对|pairs?|prs?)$/i, "");
    if (plain === "") return null;
    if (/^[-–—]$/.test(plain)) return 0;
    return /^(\d{1,7}|\d{1,3}([, ']\d{3})+)$/.test(plain) ? Number(plain.replace(/\D/g, "")) : NaN;
  }

  // Totals
  const show = (number) => number.toLocaleString("en-US");
  function totals() {
    let [all, blanks, amount, count, unpriced] = [0, 0, 0, 0, 0];
    for (const row of allRows()) {
      const values = sizesOf(row).map((input) => pairs(input.value));
      const filled = values.filter((value) => value !== null);
      const sum = filled.reduce((total, value) => total + (value || 0), 0);
      const blank = filled.length ? values.length - filled.length : 0;
      const stated = field(row, "stated").value;
      $(".total", row).textContent = filled.length ? show(sum) : "–";
      const remark = $(".tot small", row);
      const differs = stated && Number(stated) !== sum;
      remark.textContent = blank ? words("Blank", { n: blank }) : differs ? words("Stated", { n: show(Number(stated)) }) : "";
      remark.className = blank ? "t-late" : "t-risk";
      if (row.hidden) continue;
      if (field(row, "style").value || filled.length) count += 1;
      all += sum;
      blanks += blank;
      const price = Number((field(row, "price")?.value || "").normalize("NFKC").replace(/[¥,\s]/g, ""));
      if (price) amount += sum * price; else if (sum) unpriced += 1;
    }
    for (const body of $$("tbody", table)) {
      const members = $$("tr.ln:not([hidden])", body);
      const cells = $$("tr.sum .szc", body);
      const sums = cells.map((_, i) => members.reduce((total, row) => total + (pairs(sizesOf(row)[i]?.value || "") || 0), 0));
      cells.forEach((cell, i) => { cell.textContent = sums[i] ? show(sums[i]) : "–"; });
      $("tr.sum .tot", body).textContent = show(sums.reduce((total, value) => total + value, 0));
      $("tr.sum", body).hidden = members.length < 2;
    }
    const set = (name, text) => { const box = $(`[data-sum=${name}]`); if (box) box.textContent = text; };
    set("lines", count);
    set("pairs", show(all));
    set("blank", blanks ? words("Blank", { n: blanks }) : "");
    set("unpriced", unpriced ? words("Unpriced", { n: unpriced }) : "");
    set("amount", `¥${amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`);
  }

  // Rows stand by size range, under a header of their own; narrower ranges are filled up to the widest.
  function layout() {
    for (const body of $$("tbody", table)) {
      const members = $$("tr.ln", body);
      if (!members.length) body.remove();
      else body.hidden = members.every((row) => row.hidden);
    }
    const widths = $$("tr.gh", table).map((head) => $$(".szh", head).length);
    const most = Math.max(0, ...widths);
    for (const filler of $$(".fill", table)) {
      const own = $$(".szh", filler.closest("tbody").querySelector("tr.gh")).length;
      filler.hidden = most === own;
      filler.colSpan = Math.max(1, most - own);
    }
    rows().forEach((row, n) => {
      $(".no", row).textContent = n + 1;
      for (const input of sizesOf(row)) input.setAttribute("aria-label", words("Size", { n: n + 1, size: input.dataset.size }));
    });
    totals();
  }
  const cell = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });
  function place(row, sizes) {
    const range = sizes.join(",");
    let body = $$("tbody", table).find((one) => one.dataset.range === range);
    if (!body) {
      const model = $("tbody", table) || row.closest("tbody");
      body = document.createElement("tbody");
      body.dataset.range = range;
      const head = model.querySelector("tr.gh").cloneNode(true);
      const sum = model.querySelector("tr.sum").cloneNode(true);
      for (const old of [...$$(".szh", head), ...$$(".szc", sum)]) old.remove();
      for (const size of sizes) {
        $(".fill", head).before(Object.assign(cell("th", "szh", size), { scope: "col" }));
        $(".fill", sum).before(cell("td", "num szc"));
      }
      body.append(head, sum);
      const open = $$("tbody", table).find((one) => one.dataset.range === "");
      if (range && open) open.before(body); else table.append(body);
    }
    const after = $$("tr.ln", body).find((other) => byNumber(other, row) > 0);
    const at = document.activeElement;
    (after || $("tr.sum", body)).before(row);
    if (row.contains(at)) at.focus(); // a row that moves loses its focus
  }
  function addRow() {
    const count = $("[name=lines-TOTAL_FORMS]");
    const html = document.getElementById("line-template").innerHTML.replaceAll("__prefix__", count.value);
    const row = new DOMParser().parseFromString(html, "text/html").querySelector("tr.ln");
    count.value = Number(count.value) + 1;
    place(row, []);
    layout();
    return row;
  }
  function takeOut(row, out = true) {
    field(row, "DELETE").value = out ? "on" : "";
    row.hidden = out;
  }

  // A style brings its colours, its sizes and the run of its last order.
  const cards = new Map();
  function card(code) {
    const key = code.trim().toUpperCase();
    if (!cards.has(key)) {
      const asked = fetch(`${form.dataset.styleUrl}?code=${encodeURIComponent(key)}`).then((answer) => {
        if (answer.ok) return answer.json();
        if (answer.status === 404) return null;
        throw new Error(`style ${answer.status}`);
      });
      asked.catch(() => cards.delete(key)); // asked again next time
      cards.set(key, asked);
    }
    return cards.get(key);
  }
  async function setStyle(row, code) {
    field(row, "style").value = code.trim();
    const found = code.trim() ? await card(code) : null;
    const old = Object.fromEntries(sizesOf(row).map((input) => [input.dataset.size, input.value]));
    const colour = field(row, "colour");
    $(".family", row).textContent = found ? found.family : "";
    $(".c-new", row).textContent = found ? words(found.isNew ? "New" : "Old") : "";
    const colours = found ? found.colours : [];
    row.dataset.colours = JSON.stringify(colours);
    if (colours.length === 1) [colour.value] = colours;
    row.dataset.last = JSON.stringify(found ? found.lastRun : {});
    row.dataset.lastOrder = found ? found.lastOrder : "";
    for (const input of sizesOf(row)) input.closest("td").remove();
    for (const size of found ? found.sizes : []) {
      const input = cell("input", "szin");
      const name = `lines-${row.dataset.line}-size-${size}`;
      Object.assign(input, { name, id: `id_${name}`, inputMode: "numeric", autocomplete: "off", value: old[size] || "" });
      input.dataset.size = size;
      const box = cell("td", "szc");
      box.append(input);
      $(".fill", row).before(box);
    }
    if (found) field(row, "style").value = found.code;
    place(row, found ? found.sizes : []);
    layout();
    return found;
  }

  // What stands in the grid, for undo and for the draft
  const PLAIN = ["style", "colour", "stated", "price", "due_on", "note", "id"];
  function save() {
    return allRows().map((row) => ({
      out: row.hidden,
      fields: Object.fromEntries(PLAIN.filter((name) => field(row, name)).map((name) => [name, field(row, name).value])),
      sizes: Object.fromEntries(sizesOf(row).map((input) => [input.dataset.size, input.value])),
    }));
  }
  async function restore(lines) {
    const present = allRows();
    for (const [n, line] of lines.entries()) {
      const row = present[n] || addRow();
      if (field(row, "style").value !== line.fields.style || sizesOf(row).length !== Object.keys(line.sizes).length) await setStyle(row, line.fields.style);
      for (const [name, value] of Object.entries(line.fields)) if (field(row, name)) field(row, name).value = value;
      for (const input of sizesOf(row)) input.value = line.sizes[input.dataset.size] ?? "";
      takeOut(row, line.out);
    }
    for (const row of present.slice(lines.length)) takeOut(row);
    layout();
    changed();
  }
  let before = null;
  let fresh = false; // typing since then belongs to the browser's own undo
  function block(text, state) {
    before = state;
    fresh = true;
    did(text, true);
    layout();
    changed();
  }
  async function undo() {
    if (!before) return;
    const state = before;
    before = null;
    did("", false);
    await restore(state);
  }

  // Paste: a block of Excel cells from the cell with the focus on; what has no place or cannot be read is named.
  const columns = (row) => ["style", "colour", ...sizesOf(row).map((input) => `size-${input.dataset.size}`), "stated", "price", "due_on", "note"];
  async function put(row, name, text, left) {
    const value = text.trim();
    if (name === "style") {
      const found = await setStyle(row, value);
      if (!found && value) left.push(words("Nostyle", { style: value }));
      return;
    }
    const input = field(row, name);
    if (!input) { // a price that this person does not see
      if (value) left.push(value);
      return;
    }
    if (name.startsWith("size-") || name === "stated") {
      const number = pairs(value);
      if (Number.isNaN(number)) left.push(`${name.replace("size-", "")} “${value}”`);
      else input.value = number === null ? "" : number;
    } else {
      input.value = name === "price" ? value.normalize("NFKC").replace(/[¥￥元,\s]/g, "") : value;
    }
  }
  async function paste(row, name, text) {
    const state = save();
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
    const left = [];
    let cells = 0;
    let target = row;
    for (const values of lines) {
      target ||= addRow();
      let at = columns(target).indexOf(name);
      if (at < 0) at = columns(target).indexOf("stated"); // this row has other sizes
      for (const value of values) {
        const column = columns(target)[at];
        const misses = left.length;
        if (column) await put(target, column, value, left);
        else if (value.trim()) left.push(value.trim());
        if (column && left.length === misses) cells += 1;
        at += 1;
      }
      target = rows()[rows().indexOf(target) + 1];
    }
    const what = left.slice(0, 6).join("; ") + (left.length > 6 ? " …" : "");
    block(`${words("Pasted", { cells, rows: lines.length })}${left.length ? ` ${words("Left", { what })}` : ""}`, state);
  }

  // Hamilton's method, as orders.sizes.largest_remainder: whole shares, then the largest remainders, ties to the smaller size.
  function shareOut(run, total) {
    const sizes = Object.keys(run).sort((a, b) => a - b);
    const whole = sizes.reduce((sum, size) => sum + run[size], 0);
    const out = Object.fromEntries(sizes.map((size) => [size, Math.floor((run[size] * total) / whole)]));
    const rest = total - Object.values(out).reduce((sum, value) => sum + value, 0);
    const first = [...sizes].sort((a, b) => ((run[b] * total) % whole) - ((run[a] * total) % whole) || a - b);
    for (const size of first.slice(0, rest)) out[size] += 1;
    return out;
  }
  function spread(row) {
    const run = JSON.parse(row.dataset.last || "{}");
    const total = sizesOf(row).reduce((sum, input) => sum + (pairs(input.value) || 0), 0);
    if (!Object.keys(run).length) return did(words("Noshare"), false);
    if (!total) return did(words("Nototal"), false);
    const state = save();
    const shares = shareOut(run, total);
    for (const input of sizesOf(row)) input.value = shares[input.dataset.size] || 0;
    return block(words("Spread", { total: show(total), order: row.dataset.lastOrder }), state);
  }
  function fillRight(row, input) {
    const state = save();
    const cells = sizesOf(row);
    for (const next of cells.slice(cells.indexOf(input) + 1)) next.value = input.value;
    block(words("Filled"), state);
  }

  // Keys
  const inputs = (row) => $$("input:not([type=hidden])", row);
  function move(row, input, down) {
    const below = rows()[rows().indexOf(row) + down];
    if (!below) return;
    const name = input.name.replace(/^lines-\d+-/, "");
    const same = field(below, name) || inputs(below)[Math.min(inputs(row).indexOf(input), inputs(below).length - 1)];
    same.focus();
    if (same.select) same.select();
  }
  function sideways(event, row, input) {
    const step = event.key === "ArrowRight" ? 1 : -1;
    const atEnd = input.selectionStart === input.selectionEnd && input.selectionEnd === (step > 0 ? input.value.length : 0);
    const wholeCell = input.value !== "" && input.selectionStart === 0 && input.selectionEnd === input.value.length;
    if (!(atEnd || wholeCell)) return;
    const next = inputs(row)[inputs(row).indexOf(input) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
    if (next.select) next.select();
  }
  function keydown(event) {
    const input = event.target;
    const row = input.closest("tr.ln");
    if (!row || event.isComposing) return;
    const isSize = "size" in input.dataset;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && input.tagName !== "BUTTON") {
      event.preventDefault();
      if (event.altKey) field(addRow(), "style").focus();
      else move(row, input, event.shiftKey ? -1 : 1);
    } else if (event.altKey || event.ctrlKey || event.metaKey) {
      return;
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && input.tagName === "INPUT" && !input.list) {
      event.preventDefault();
      move(row, input, event.key === "ArrowDown" ? 1 : -1);
    } else if (["ArrowLeft", "ArrowRight"].includes(event.key)) {
      sideways(event, row, input);
    } else if (isSize && [">", "》", "＞"].includes(event.key)) {
      event.preventDefault();
      fillRight(row, input);
    } else if (isSize && ["=", "＝"].includes(event.key)) {
      event.preventDefault();
      spread(row);
    }
  }
  table.addEventListener("keydown", keydown);
  table.addEventListener("focusin", (event) => {
    const at = event.target;
    if ("size" in at.dataset) at.select();
    if (at.name && at.name.endsWith("-colour")) {
      const names = JSON.parse(at.closest("tr.ln").dataset.colours || "[]");
      document.getElementById("colours").replaceChildren(...names.map((name) => new Option(name, name)));
    }
  });
  table.addEventListener("input", () => { fresh = false; totals(); });
  table.addEventListener("change", (event) => {
    const row = event.target.closest("tr.ln");
    if (!row || !event.target.name.endsWith("-style")) return;
    setStyle(row, event.target.value).then(changed);
  });
  table.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    const row = event.target.closest("tr.ln");
    if (!row || !/[\t\n]/.test(text.replace(/\n$/, ""))) return;
    event.preventDefault();
    paste(row, event.target.name.replace(/^lines-\d+-/, ""), text);
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key.toLowerCase() === "z" && !event.shiftKey && fresh && before) {
      event.preventDefault();
      undo();
    }
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("add" in button.dataset) field(addRow(), "style").focus();
    else if ("undo" in button.dataset) undo();
    else if ("remove" in button.dataset) {
      const row = button.closest("tr.ln");
      const state = save();
      const n = $(".no", row).textContent;
      takeOut(row);
      if (!rows().length) addRow();
      block(words("Removed", { n }), state);
    }
  });
  layout();
  return { rows, field, words, save, restore, totals, pairs, shareOut };
})();
