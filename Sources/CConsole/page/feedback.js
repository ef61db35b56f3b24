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
    button("normal", "It was normal", `${effect} The rows of this event join the normal ones.`),
    button("anomalous", "It was an anomaly", `${effect} The rows of this event leave the normal ones.`), status);
}

/** The rows of the event are normal or anomalous, as `kind` says. */
function feedbackRequest(model, kind, { first_row, last_row }) {
  const request = loadedData().request("score", [[kind, `[[${first_row},${last_row}]]`]], { model });
  return {
    ...request, path: `models/${encodeURIComponent(model.model)}/feedback`,
    query: request.query.filter(([name]) => name !== "model"),
  };
}
