// Knows the sentences scripts say: they come from the page, where Django has translated them.
export function words(key, values = {}) {
  const source = document.getElementById("script-words");
  const sentence = source?.dataset[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

let hiding;
export function say(sentence, seconds = 6) {
  const toast = document.getElementById("toast");
  if (!toast) return;
  toast.textContent = sentence;
  clearTimeout(hiding);
  hiding = setTimeout(() => (toast.textContent = ""), seconds * 1000);
}

export function timeNow() {
  const now = new Date();
  return [now.getHours(), now.getMinutes()].map((n) => String(n).padStart(2, "0")).join(":");
}

// Whatever must be done once for new content: at the start and after each swap.
const starters = [];
export function onContent(start) {
  starters.push(start);
}
export function contentArrived(root = document) {
  for (const start of starters) start(root);
}
document.addEventListener("DOMContentLoaded", () => contentArrived(document));
document.addEventListener("htmx:afterSwap", (event) => contentArrived(event.target));
