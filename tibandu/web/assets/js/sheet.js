// Knows how a step's own page opens as a dialog over this one, and what its answer does; without scripts the link just opens.
import { contentArrived, words } from "./words.js";

const sheet = () => document.getElementById("sheet");
const body = () => document.getElementById("sheet-body");

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  if (close?.closest("dialog")) {
    event.preventDefault();
    close.closest("dialog").close();
    return;
  }
  if (event.target.matches("dialog")) event.target.close(); // a press beside it
  const link = event.target.closest("a[data-sheet]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  open(link.href);
});

async function open(address) {
  const answer = await fetch(address, { headers: { "X-Sheet": "1" } }).catch(() => null);
  const step = answer?.ok && !answer.redirected && pieceOf(await answer.text());
  if (!step) return location.assign(address);
  show(step, address);
}

function pieceOf(html) {
  return new DOMParser().parseFromString(html, "text/html").getElementById("step");
}

function show(step, address) {
  body().replaceChildren(...document.importNode(step, true).childNodes);
  for (const form of body().querySelectorAll("form")) {
    if (!form.getAttribute("action")) form.action = address;
  }
  window.htmx?.process(body());
  if (!sheet().open) sheet().showModal();
  contentArrived(body());
  (body().querySelector("[data-focus]") ?? body().querySelector("textarea, select, input:not([type=hidden])"))?.focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.closest("#sheet") || form.method !== "post") return;
  event.preventDefault();
  send(form, event.submitter);
});

async function send(form, button) {
  const data = new FormData(form, button);
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { "X-Sheet": "1" } }).catch(() => null);
  button?.removeAttribute("aria-busy");
  if (!answer) return tell(words("offline"));
  const html = await answer.text();
  const step = pieceOf(html);
  if (answer.redirected || (answer.ok && !step)) return arrive(html, answer.url);
  if (step) return show(step, form.action);
  tell(refusalIn(html) ?? words(answer.status === 409 ? "moved" : answer.status < 500 ? "refused" : "broken"));
}

// A dialog covers everything else on the page, so the sentence must stand in it.
function tell(sentence) {
  const line = document.createElement("div");
  line.className = "notice notice-refused";
  line.setAttribute("role", "alert");
  line.textContent = sentence;
  body().querySelector(":scope > .notice-refused")?.remove();
  body().prepend(line);
  line.scrollIntoView({ block: "nearest" });
}

export function refusalIn(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return page.querySelector("[data-refusal]")?.textContent.trim() || undefined;
}

// The answer was the next page: show it as if one had gone there, with its messages.
function arrive(html, url) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.getElementById("main");
  if (!main) return location.assign(url);
  sheet().close();
  document.title = page.title;
  if (url !== location.href) history.pushState(null, "", url);
  document.getElementById("main").replaceWith(document.importNode(main, true));
  for (const part of [".rail", ".footbar", ".masthead"]) {
    const fresh = page.querySelector(part);
    if (fresh) document.querySelector(part)?.replaceWith(document.importNode(fresh, true));
  }
  window.htmx?.process(document.body);
  contentArrived(document);
  document.getElementById("main").focus({ preventScroll: true });
  scrollTo(0, 0);
}
addEventListener("popstate", (event) => {
  if (event.state === null && !location.hash) location.reload();
});
