// The console: a page over the same HTTP interface that everybody has.

import { askForKeyWith, forgetKey } from "./api.js";
import { byId, reveal } from "./dom.js";
import * as compare from "./compare.js";
import * as data from "./data.js";
import * as encodings from "./encodings.js";
import * as layers from "./layers.js";
import * as model from "./model.js";
import * as registry from "./registry.js";
import * as results from "./results.js";
import * as train from "./train.js";

/** Asks for a key in a dialog; gives null if there is none. */
function askForKey(refusal) {
  const dialog = byId("key-dialog");
  const input = byId("key");
  byId("key-refusal").textContent = refusal?.message ?? "";
  dialog.returnValue = "";
  dialog.showModal();
  input.focus();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => {
      const key = dialog.returnValue === "use" ? input.value.trim() : "";
      input.value = "";
      reveal(byId("forget-key"), key !== "");
      resolve(key === "" ? null : key);
    }, { once: true }));
}

askForKeyWith(askForKey);
byId("forget-key").addEventListener("click", () => {
  forgetKey();
  reveal(byId("forget-key"), false);
});
for (const step of [data, model, train, results, encodings, layers, compare, registry]) step.start();
