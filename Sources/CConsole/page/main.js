// The console: a page that uses the public HTTP API only.

import { removeKey, setKeyPrompt } from "./api.js";
import { byId, setVisible } from "./dom.js";
import * as compare from "./compare.js";
import * as data from "./data.js";
import * as encodings from "./encodings.js";
import * as layers from "./layers.js";
import * as model from "./model.js";
import * as rangeView from "./rangeview.js";
import * as registry from "./registry.js";
import * as results from "./results.js";
import * as score from "./score.js";
import * as tour from "./tour.js";
import * as train from "./train.js";
import * as views from "./views.js";
import * as windows from "./windows.js";

/**
 * Asks for an API key in a dialog and returns a promise of it, or of null. `problem` is that of a rejected
 * key.
 */
function promptForKey(problem) {
  const dialog = byId("key-dialog");
  const input = byId("key");
  byId("key-problem").textContent = problem?.message ?? "";
  dialog.returnValue = "";
  dialog.showModal();
  input.focus();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => {
      const key = dialog.returnValue === "use" ? input.value.trim() : "";
      input.value = "";
      setVisible(byId("remove-key"), key !== "");
      resolve(key === "" ? null : key);
    }, { once: true }));
}

setKeyPrompt(promptForKey);
byId("remove-key").addEventListener("click", () => {
  removeKey();
  setVisible(byId("remove-key"), false);
});
const steps = [
  model, train, results, windows, score, encodings, layers, compare, registry, rangeView, data, views, tour,
];
for (const step of steps) {
  step.start();
}
