// Knows the small courtesies of a form: counters, chosen files, questions before a step, focus on what is wrong.
import { onContent, words } from "./words.js";

function count(field) {
  const note = field.parentElement.querySelector(".counter");
  if (!note) return;
  const left = Number(field.dataset.limit) - field.value.length;
  note.classList.toggle("is-over", left < 0);
  note.textContent = left < 0 ? words("over", { n: -left }) : words("left", { n: left });
}

function size(bytes) {
  return bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

document.addEventListener("input", (event) => {
  if (event.target.dataset.limit) count(event.target);
});

document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file") return;
  input.parentElement.querySelector(".files")?.remove();
  const list = document.createElement("ul");
  list.className = "files";
  for (const file of input.files) {
    const line = document.createElement("li");
    line.textContent = words("file", { name: file.name, size: size(file.size) });
    list.append(line);
  }
  input.after(list);
});

let asked;
document.addEventListener(
  "submit",
  (event) => {
    const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
    if (!question || asked === event.target) {
      asked = undefined;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(question, () => {
      asked = event.target;
      event.target.requestSubmit(event.submitter ?? undefined);
    });
  },
  true,
);

function ask(question, go) {
  const dialog = document.getElementById("confirm");
  document.getElementById("confirm-words").textContent = question;
  dialog.querySelector("[data-confirm-yes]").onclick = () => {
    dialog.close();
    go();
  };
  dialog.showModal();
}

// A second press of the same button must not send the step twice.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  const button = event.submitter;
  if (button) setTimeout(() => button.setAttribute("aria-busy", "true"));
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

onContent((root) => {
  // The page's own sentences are better than the browser's bubbles, and in the reader's language.
  for (const form of document.querySelectorAll("form.form")) form.noValidate = true;
  for (const field of root.querySelectorAll("textarea[maxlength], textarea[data-limit]")) {
    if (field.dataset.counted) continue;
    field.dataset.counted = "yes";
    field.dataset.limit ??= field.maxLength;
    field.removeAttribute("maxlength"); // a pasted text is counted, not silently cut
    const note = document.createElement("p");
    note.className = "counter";
    note.setAttribute("aria-live", "polite");
    (field.parentElement.querySelector(".help") ?? field).after(note);
    count(field);
  }
  root.querySelector("[data-focus]")?.focus();
});
