// Knows rows that repeat (asks, promises, shares): adds from the formset's empty form, removes by its own DELETE box.
import { contentArrived, onContent } from "./words.js";

onContent((root) => {
  for (const add of root.querySelectorAll(".repeat-add")) add.hidden = false;
  for (const box of root.querySelectorAll("[data-repeat-delete] input")) showRemoved(box);
});

document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-repeat-add]");
  if (add) addRow(add.closest("[data-repeat]"));
  const remove = event.target.closest("[data-repeat-remove]");
  if (remove) removeRow(remove.closest("[data-repeat-row]"));
});

function removeRow(row) {
  const box = row.closest("[data-repeat]");
  row.remove();
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function addRow(box) {
  const total = box.querySelector(`[name="${box.dataset.repeat}-TOTAL_FORMS"]`);
  const place = Number(total ? total.value : box.dataset.next);
  const html = box.querySelector("template").innerHTML.replaceAll(/__prefix__|__n__/g, place);
  const rows = box.querySelector(".repeat-rows");
  rows.insertAdjacentHTML("beforeend", html);
  if (total) total.value = place + 1;
  else box.dataset.next = place + 1;
  const row = rows.lastElementChild;
  contentArrived(row);
  row.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-repeat-delete] input")) showRemoved(event.target);
});

function showRemoved(box) {
  box.closest("[data-repeat-row]").classList.toggle("is-removed", box.checked);
}
