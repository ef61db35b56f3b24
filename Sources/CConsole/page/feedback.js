// What the user knows about an event: a false alarm or an anomaly, from which the server learns the threshold
// again.

import { fetchJSON } from "./api.js";
import { loadedData } from "./dataset.js";
import { byId, el } from "./dom.js";
import { reportErrors } from "./problems.js";
import { scoreWith } from "./score.js";
import { emit } from "./state.js";

/** Buttons that say what an event was. */
export function feedbackActions(event, { model }) {
  const status = el("span", { role: "status", class: "muted" });
  const give = (kind) =>
    reportErrors(byId("results-problem"), async () => {
      status.textContent = "Learning the threshold …";
      try {
        const version = await fetchJSON(feedbackRequest(model, kind, event));
        emit("registry");
        scoreWith(version);
      } finally {
        status.textContent = "";
      }
    });
  const button = (kind, text, title) =>
    el("button", { type: "button", class: "secondary", title, click: () => give(kind) }, text);
  const effect = "Learns the threshold again, in a new version of the model.";
  return el(
    "div", { class: "buttons feedback" },
    button("normal", "Mark as normal", `${effect} The rows of this event join the normal ones.`),
    button("anomalous", "Mark as anomaly", `${effect} The rows of this event leave the normal ones.`),
    status);
}

/** Learns the threshold from all rows of the data, which the user says are normal. */
export function calibrateAction({ model, data }) {
  const status = el("span", { role: "status", class: "muted" });
  const calibrate = () =>
    reportErrors(byId("results-problem"), async () => {
      status.textContent = "Calibrating …";
      try {
        const version = await fetchJSON(versionRequest(model, "calibrate", []));
        emit("registry");
        scoreWith(version);
      } finally {
        status.textContent = "";
      }
    });
  const rows = data.hasLabels ? "the rows without a label" : "these rows";
  return el(
    "p", { class: "buttons" }, `If ${rows} are normal operation:`,
    el("button", { type: "button", class: "secondary", click: calibrate }, "Calibrate on them"),
    el("span", { class: "muted" }, "learns the threshold from them, in a new version of the model."), status);
}

/** The rows of the event are normal or anomalous, as `kind` says. */
const feedbackRequest = (model, kind, { first_row, last_row }) =>
  versionRequest(model, "feedback", [[kind, `[[${first_row},${last_row}]]`]]);

/** A request that sends the data to an operation on a version, whose name is in the path. */
function versionRequest(model, operation, query) {
  const label = operation === "calibrate" ? "exclude" : null;
  const request = loadedData().request("", query, { model, label });
  return {
    ...request, path: `models/${encodeURIComponent(model.model)}/${operation}`,
    query: request.query.filter(([name]) => name !== "model"),
  };
}
