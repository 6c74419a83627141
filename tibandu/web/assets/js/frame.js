// Knows the frame: / to search, menus that close, large type without a reload, printing, where on the page one is.
import { onContent, say, words } from "./words.js";

const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details[data-menu][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const search = document.getElementById("search");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (event.target.closest("[data-print]")) window.print();
});

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-large-type]");
  if (!form) return;
  event.preventDefault();
  const large = form.elements.large.value === "1";
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).catch(() => null);
  if (!answer) return say(words("offline"));
  document.documentElement.classList.toggle("large-type", large);
  for (const one of document.querySelectorAll("[data-large-type]")) {
    one.elements.large.value = large ? "0" : "1";
    one.querySelector("button").setAttribute("aria-pressed", String(large));
  }
});

onContent((root) => {
  if (matchMedia("(max-width: 47.99rem)").matches) {
    for (const fold of root.querySelectorAll("[data-fold-phone]")) fold.open = false;
  }
  const nav = root.querySelector("[data-anchors]");
  if (!nav || !("IntersectionObserver" in window)) return;
  const links = new Map([...nav.querySelectorAll("a")].map((a) => [a.hash.slice(1), a]));
  const watch = new IntersectionObserver(
    (seen) => {
      const first = seen.find((one) => one.isIntersecting);
      if (!first) return;
      for (const [id, a] of links) {
        if (id === first.target.id) a.setAttribute("aria-current", "true");
        else a.removeAttribute("aria-current");
      }
    },
    { rootMargin: "-20% 0px -65% 0px" },
  );
  for (const id of links.keys()) {
    const section = document.getElementById(id);
    if (section) watch.observe(section);
  }
});
