// Knows what to say when an htmx request is refused, lost or breaks.
import { refusalIn } from "./sheet.js";
import { say, words } from "./words.js";

document.addEventListener("htmx:responseError", (event) => {
  const { status, responseText } = event.detail.xhr;
  const otherwise = status === 409 ? "moved" : status < 500 ? "refused" : "broken";
  say(refusalIn(responseText) ?? words(otherwise), 10);
});
document.addEventListener("htmx:sendError", (event) => {
  if (event.target.closest?.("[data-quiet]")) return; // a piece that only follows the typing
  say(words("offline"), 10);
});
