// Knows the ledger's keyboard (j k x Enter) and what is picked for a batch.
import { onContent, words } from "./words.js";

const rows = () => [...document.querySelectorAll("[data-ledger] [data-row]")];
const here = () => document.querySelector("[data-row].is-here");

function goTo(row) {
  here()?.classList.remove("is-here");
  row.classList.add("is-here");
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const now = all.indexOf(here());
  goTo(all[Math.min(all.length - 1, Math.max(0, now + by))]);
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  x: () => here()?.querySelector("[data-pick]")?.click(),
  Enter: () => here()?.querySelector("a")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (!document.querySelector("[data-ledger]") || document.querySelector("dialog[open]")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
  if (event.target.closest("input:not([data-pick]), textarea, select")) return;
  if (event.key === "Enter" && event.target.closest("a, button, summary, input")) return;
  event.preventDefault();
  keys[event.key]();
});

let last;
document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-pick]");
  if (!box) return;
  if (event.shiftKey && last) {
    const boxes = [...document.querySelectorAll("[data-pick]")];
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
  }
  last = box;
});

document.addEventListener("change", (event) => {
  const ledger = event.target.closest("[data-ledger]");
  if (!ledger) return;
  if (event.target.matches("[data-pick-all]")) {
    for (const box of ledger.querySelectorAll("[data-pick]")) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-pick], [data-pick-all]")) showPicked(ledger);
});

function showPicked(ledger) {
  const bar = ledger.querySelector("[data-batch]");
  if (!bar) return;
  const n = ledger.querySelectorAll("[data-pick]:checked").length;
  bar.hidden = n === 0;
  bar.querySelector("[data-picked]").textContent = words("picked", { n });
}

onContent((root) => {
  for (const ledger of root.querySelectorAll("[data-ledger]")) showPicked(ledger);
});
