// The Train step: trains a model and shows its progress.

import { Problem, connectionLost, send, serverSentEvents } from "./api.js";
import { curlButton } from "./curl.js";
import { byId, definitionList, el, formatCount, formatNumber, setVisible, warningList } from "./dom.js";
import { LossCurve } from "./losscurve.js";
import { queryPairs, showServerError, trainSettings } from "./model.js";
import { reportErrors, showError } from "./problems.js";
import { trainingRequest } from "./range.js";
import { rangeText } from "./rangeview.js";
import { scoreWith, use } from "./score.js";
import { emit, on, state } from "./state.js";
import { currentView } from "./views.js";

/** The id of the running job; null before the server has sent it. */
let jobID = null;
/** Aborts the training request; null if no training is in progress. */
let abortController = null;

export function start() {
  byId("train").addEventListener("click", train);
  byId("cancel").addEventListener("click", () =>
    reportErrors(byId("train-problem"), async () => {
      // Before the id is known, disconnecting cancels the training.
      if (jobID) await send({ method: "DELETE", path: `jobs/${jobID}` });
      else abortController?.abort();
    }));
  byId("train-curl").append(...curlButton("train", () => trainRequest()));
  setVisible(byId("train-curl"), false);
  on("data", () => {
    byId("train").disabled = !state.data || abortController !== null;
    setVisible(byId("train-hint"), !state.data);
    setVisible(byId("train-curl"), state.data !== null);
  });
  for (const event of ["data", "range"]) {
    on(event, () => {
      setVisible(byId("train-range"), state.data !== null);
      if (!state.data) return;
      byId("train-range").replaceChildren(rangeText(), " ", el("a", { href: "#data" }, "Change"));
    });
  }
}

function trainRequest(accept) {
  const settings = trainSettings();
  const request = trainingRequest(queryPairs(settings), accept);
  // A training that continues keeps the differences of the version.
  if (settings.warm_start) request.query = request.query.filter(([name]) => name !== "difference");
  return request;
}

function train() {
  return reportErrors(byId("train-problem"), async () => {
    const { data } = state;
    const trainedRows = state.range ?? [0, data?.rows - 1];
    const request = trainRequest("text/event-stream");
    abortController = new AbortController();
    byId("train").disabled = true;
    setVisible(byId("cancel"));
    setVisible(byId("train-progress"));
    byId("epochs").removeAttribute("value");
    byId("epoch-text").textContent = "";
    byId("train-status").textContent = "Training …";
    byId("train-result").replaceChildren();
    const curve = new LossCurve(byId("loss-chart"));
    let status = "No model was trained.";
    let hasEnded = false;
    try {
      const response = await send(request, { signal: abortController.signal });
      for await (const { event, data: content } of serverSentEvents(response)) {
        if (event === "job") jobID = content.id;
        if (event === "progress") showProgress(content, curve);
        if (event === "cancelled") status = "Cancelled. No version was stored.";
        if (event === "failed" || event === "unauthorized") {
          refuse(content);
        }
        if (event === "result") {
          status = `Trained: version ${content.version} of ${content.model}.`;
          curve.setHistory(content.history);
          showResult(content);
          if (state.data === data) useModel(content, trainedRows);
          emit("registry");
        }
        hasEnded ||= ["result", "failed", "cancelled", "unauthorized"].includes(event);
      }
      if (!hasEnded) throw connectionLost();
    } catch (error) {
      if (error instanceof Problem) showServerError(error);
      throw error;
    } finally {
      jobID = null;
      abortController = null;
      byId("train").disabled = !state.data;
      setVisible(byId("cancel"), false);
      setVisible(byId("train-progress"), false);
      byId("train-status").textContent = status;
    }
  });
}

function refuse(content) {
  const problem = new Problem(content);
  showServerError(problem);
  showError(byId("train-problem"), problem);
}

/** Uses the new version. Its results are shown unless the user has gone to another view. */
function useModel(version, trainedRows) {
  if (currentView() === "train") scoreWith(version, { trainedRows });
  else use(version);
}

function showProgress({ epoch, epochs, loss, val_loss, seconds_left }, curve) {
  Object.assign(byId("epochs"), { max: epochs, value: epoch });
  // Early stopping may end the training before the last epoch.
  const left = seconds_left >= 1 ? `, at most ${formatCount(Math.round(seconds_left))} s left` : "";
  byId("epoch-text").textContent =
    `Epoch ${formatCount(epoch)} of ${formatCount(epochs)}, loss ${formatNumber(loss)}${left}`;
  curve.add(epoch, loss, val_loss);
}

function showResult({ version, loss, epochs, parameters, threshold, seconds, warnings }) {
  byId("train-result").replaceChildren(
    definitionList([
      ["Version", version], ["Loss", formatNumber(loss)], ["Epochs", formatCount(epochs)],
      ["Parameters", formatCount(parameters)], ["Threshold", formatNumber(threshold)],
      ["Seconds", formatNumber(seconds)],
    ]), warningList(warnings) ?? "");
}
