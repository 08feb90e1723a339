// A table to type into: arrows and Enter move, Alt+Enter adds a row, a block from Excel is pasted and can be taken back in one step.
"use strict";
(() => {
  const table = document.querySelector("[data-rows]");
  if (!table) return;
  const body = table.tBodies[0];
  const template = document.getElementById("row-template");
  const told = document.getElementById("did");
  const undoButton = document.querySelector("[data-undo]");
  const words = table.dataset;
  let before = null;
  let next = Number(words.next);

  const rows = () => [...body.querySelectorAll("tr[data-row]")].filter((row) => !row.hidden);
  const cells = (row) => [...row.querySelectorAll("input:not([type=hidden]),select")];
  const state = () => rows().map((row) => cells(row).map((cell) => cell.value));
  const tell = (text, canUndo) => {
    told.textContent = text;
    undoButton.hidden = !canUndo;
  };
  function add() {
    const holder = document.createElement("tbody");
    holder.innerHTML = template.innerHTML.replaceAll("__n__", next);
    next += 1;
    const row = holder.querySelector("tr");
    body.append(row);
    return row;
  }
  function restore(values) {
    while (rows().length < values.length) add();
    rows().forEach((row, n) => {
      if (n >= values.length) row.remove();
      else cells(row).forEach((cell, place) => { cell.value = values[n][place] ?? ""; });
    });
  }
  function undo() {
    if (!before) return;
    restore(before);
    before = null;
    tell("", false);
  }
  // A word of Excel for a choice: its value or its label
  function set(cell, text) {
    const value = text.trim();
    if (cell.tagName !== "SELECT") {
      cell.value = value;
      return true;
    }
    const option = [...cell.options].find((one) => one.value === value || one.text.trim() === value);
    if (option) cell.value = option.value;
    return Boolean(option);
  }
  function paste(row, cell, text) {
    before = state();
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
    const first = cells(row).indexOf(cell);
    const left = [];
    let at = rows().indexOf(row);
    let done = 0;
    for (const values of lines) {
      const target = cells(rows()[at] || add());
      values.forEach((value, n) => {
        const place = target[first + n];
        if (place && set(place, value)) done += 1;
        else if (value.trim()) left.push(value.trim());
      });
      at += 1;
    }
    const rest = left.length ? ` ${words.left.replace("{what}", left.slice(0, 6).join("; "))}` : "";
    tell(words.pasted.replace("{cells}", done).replace("{rows}", lines.length) + rest, true);
  }
  function go(row, cell, down, across) {
    const target = rows()[rows().indexOf(row) + down];
    const found = target && cells(target)[cells(row).indexOf(cell) + across];
    if (!found) return;
    found.focus();
    if (found.select) found.select();
  }
  function fillRight(row, cell) {
    before = state();
    const all = cells(row);
    for (const other of all.slice(all.indexOf(cell) + 1)) if ("size" in other.dataset) other.value = cell.value;
    tell(words.filled, true);
  }
  table.addEventListener("keydown", (event) => {
    const cell = event.target;
    const row = cell.closest("tr[data-row]");
    if (!row || event.isComposing || event.ctrlKey || event.metaKey || cell.tagName === "BUTTON") return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (event.altKey) cells(add())[0].focus();
      else go(row, cell, event.shiftKey ? -1 : 1, 0);
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && cell.tagName === "INPUT" && cell.type !== "date") {
      event.preventDefault();
      go(row, cell, event.key === "ArrowDown" ? 1 : -1, 0);
    } else if ("size" in cell.dataset && [">", "》", "＞"].includes(event.key)) {
      event.preventDefault();
      fillRight(row, cell);
    }
  });
  table.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    const row = event.target.closest("tr[data-row]");
    if (!row || !/[\t\n]/.test(text.replace(/\n$/, ""))) return;
    event.preventDefault();
    paste(row, event.target, text);
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.key === "Enter") {
      event.preventDefault();
      table.closest("form").requestSubmit();
    } else if (event.key.toLowerCase() === "z" && before) {
      event.preventDefault();
      undo();
    }
  });
  table.addEventListener("input", () => { before = null; tell("", false); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("add" in button.dataset) cells(add())[0].focus();
    else if ("undo" in button.dataset) undo();
    else if ("remove" in button.dataset) {
      before = state();
      button.closest("tr").remove();
      tell(words.removed, true);
    }
  });
})();
