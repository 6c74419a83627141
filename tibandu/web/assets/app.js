// The one script: each module listens on the document, so that pieces swapped in later work too.
import "./js/frame.js";
import "./js/ledger.js";
import "./js/form.js";
import "./js/repeat.js";
import "./js/reply.js";
import "./js/autosave.js";
import "./js/sheet.js";
import "./js/answer.js";

document.documentElement.classList.add("js");
