// Knows how a draft is kept: sent after a pause, kept in this browser while the network or the sign-in is gone,
// never overwriting what another window saved meanwhile.
import { onContent, timeNow, words } from "./words.js";

const PAUSE = 1500;
const key = (form) => `draft:${form.dataset.autosaveUrl}`;
const skipped = (name) => name === "csrfmiddlewaretoken" || name === "revision";
const waiting = new WeakMap();
const sending = new WeakMap(); // one save at a time: two would make two drafts, or take each other for another window

function textOf(form) {
  return [...new FormData(form)].filter(([name, value]) => !skipped(name) && typeof value === "string");
}

function note(form, kind, values) {
  const line = form.querySelector("[data-saved]");
  if (!line) return;
  line.dataset.kind = kind;
  line.textContent = kind === "text" ? values.text : words(kind, { time: timeNow(), ...values });
}

function keepHere(form) {
  try {
    localStorage.setItem(key(form), JSON.stringify({ at: Date.now(), revision: form.elements.revision?.value, text: textOf(form) }));
    return true;
  } catch {
    return false; // a full or forbidden store must not stop the typing
  }
}

async function save(form) {
  keepHere(form);
  if (form.dataset.conflict) return;
  if (sending.has(form)) return soon(form);
  const done = send(form).finally(() => sending.delete(form));
  sending.set(form, done);
  await done;
}

async function send(form) {
  note(form, "saving");
  const sent = JSON.stringify(textOf(form));
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (typeof value !== "string") body.delete(name);
  let answer;
  try {
    answer = await fetch(form.dataset.autosaveUrl, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
  } catch {
    return note(form, "local");
  }
  await heed(form, answer, sent);
}

async function heed(form, answer, sent) {
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return note(form, "signedOut");
  const said = await answer.json().catch(() => ({}));
  if (answer.status === 409) return showConflict(form, said.revision);
  if (!answer.ok) return note(form, "failed", { reason: said.refusal ?? answer.status });
  if (said.autosave_url) moveTo(form, said);
  if (form.elements.revision && said.revision !== undefined) form.elements.revision.value = said.revision;
  if (JSON.stringify(textOf(form)) === sent) localStorage.removeItem(key(form));
  note(form, "saved");
}

// The first save made the draft: from now on it lives at an address of its own.
function moveTo(form, said) {
  localStorage.removeItem(key(form));
  form.dataset.autosaveUrl = said.autosave_url;
  form.action = said.page;
  history.replaceState(history.state, "", said.page);
  keepHere(form);
}

function soon(form) {
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => save(form), PAUSE));
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.closest?.("form[data-autosave]");
    if (form) soon(form);
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-autosave]")) return;
  clearTimeout(waiting.get(form));
  keepHere(form);
  if (!sending.has(form)) return;
  event.preventDefault();
  sending.get(form).finally(() => form.requestSubmit(event.submitter));
});

addEventListener("online", () => {
  for (const form of document.querySelectorAll("form[data-autosave]")) if (localStorage.getItem(key(form))) soon(form);
});

// Text kept here comes back only onto the revision it was written upon, or where the server has none yet.
onContent((root) => {
  for (const form of root.querySelectorAll("form[data-autosave]")) {
    const kept = localStorage.getItem(key(form));
    if (!kept) continue;
    const { revision, text } = JSON.parse(kept);
    if (JSON.stringify(textOf(form)) === JSON.stringify(text)) {
      localStorage.removeItem(key(form));
    } else if (revision === form.elements.revision?.value) {
      restore(form, text);
      note(form, "restored");
      soon(form);
    } else {
      showKept(form, text);
    }
  }
});

// Two windows, two texts: this one stays here, the other one a click away; a person decides.
function showConflict(form, revision) {
  form.dataset.conflict = "yes";
  note(form, "conflict");
  const other = document.createElement("a");
  other.href = location.href;
  other.target = "_blank";
  offer(form, other, "seeOther");
  if (revision === undefined || !form.elements.revision) return;
  offer(form, document.createElement("button"), "takeMine", () => {
    delete form.dataset.conflict;
    form.elements.revision.value = revision;
    save(form);
  });
}

function showKept(form, text) {
  note(form, "kept");
  offer(form, document.createElement("button"), "takeKept", () => {
    restore(form, text);
    soon(form);
  });
  offer(form, document.createElement("button"), "dropKept", () => {
    localStorage.removeItem(key(form));
    note(form, "text", { text: "" });
  });
}

function offer(form, control, label, act) {
  const line = form.querySelector("[data-saved]");
  if (!line) return;
  control.className = "btn btn-sm";
  control.textContent = words(label);
  if (act) {
    control.type = "button";
    control.addEventListener("click", act);
  }
  line.append(" ", control);
}

function restore(form, text) {
  const values = new Map();
  for (const [name, value] of text) values.set(name, [...(values.get(name) ?? []), value]);
  addMissingRows(form, values);
  for (const field of form.elements) {
    if (!field.name || skipped(field.name) || field.type === "file" || field.type === "submit" || field.type === "button") continue;
    const kept = values.get(field.name) ?? [];
    if (field.type === "checkbox" || field.type === "radio") field.checked = kept.includes(field.value);
    else if (field.multiple) for (const option of field.options) option.selected = kept.includes(option.value);
    else if (kept.length) field.value = kept[0];
    if (field.type === "checkbox") field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function addMissingRows(form, values) {
  for (const box of form.querySelectorAll("[data-repeat]")) {
    const name = `${box.dataset.repeat}-TOTAL_FORMS`;
    const row = new RegExp(`^${box.dataset.repeat}-(\\d+)-`);
    const rows = Math.max(-1, ...[...values.keys()].map((key) => Number(row.exec(key)?.[1] ?? -1))) + 1;
    const missing = form.elements[name] ? Number(values.get(name)?.[0] ?? 0) - Number(form.elements[name].value) : rows - Number(box.dataset.next);
    for (let n = 0; n < missing; n++) box.querySelector("[data-repeat-add]").click();
  }
}
