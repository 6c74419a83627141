// Knows which fields of a reply its category demands: the others stay folded unless something is written in them.
import { onContent } from "./words.js";

function fold(form) {
  const demands = form.querySelector("input[data-demands]:checked")?.dataset.demands.split(" ") ?? [];
  for (const part of form.querySelectorAll("[data-needed-for]")) {
    part.hidden = !demands.includes(part.dataset.neededFor) && !isFilled(part);
  }
}

function isFilled(part) {
  const fields = part.querySelectorAll("input:not([type=hidden]), textarea, select");
  return [...fields].some((field) => field.value.trim()) || part.querySelector(".error") !== null;
}

onContent((root) => {
  const choices = [...root.querySelectorAll("input[data-demands]")];
  for (const form of new Set(choices.map((choice) => choice.form))) fold(form);
});
document.addEventListener("change", (event) => {
  if (event.target.matches("input[data-demands]")) fold(event.target.form);
});
