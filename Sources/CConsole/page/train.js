// The Train step: trains a model and shows its progress.

import { Problem, connectionLost, send, serverSentEvents } from "./api.js";
import { LineChart, legend } from "./charts.js";
import { curlButton } from "./curl.js";
import { loadedData } from "./dataset.js";
import { byId, definitionList, formatCount, formatNumber, plural, setVisible, warningList } from "./dom.js";
import { networkSettings, queryPairs, trainingSettings } from "./model.js";
import { reportErrors, showError } from "./problems.js";
import { scoreWith, use } from "./score.js";
import { emit, on, state } from "./state.js";
import { currentView } from "./views.js";

/** The id of the running job; null before the server has sent it. */
let jobID = null;
/** Aborts the training request; null if no training is in progress. */
let abortController = null;
/** The chart of the loss, which stays until the next training. */
let lossChart = null;

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
}

function trainRequest(accept) {
  const query = queryPairs({ ...trainingSettings(), ...networkSettings() });
  return loadedData().request("train", query, { label: "exclude", accept });
}

function train() {
  return reportErrors(byId("train-problem"), async () => {
    const { data } = state;
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
          showError(byId("train-problem"), new Problem(content));
        }
        if (event === "result") {
          status = `Trained: version ${content.version} of ${content.model}.`;
          curve.setHistory(content.history);
          showResult(content);
          if (state.data === data) useModel(content);
          emit("registry");
        }
        hasEnded ||= ["result", "failed", "cancelled", "unauthorized"].includes(event);
      }
      if (!hasEnded) throw connectionLost();
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

/** Uses the new version. Its results are shown unless the user has gone to another view. */
function useModel(version) {
  const trainedRows = [0, state.data.rows - 1];
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

/** The chart of the loss by epoch. */
class LossCurve {
  constructor(host) {
    this.host = host;
    this.epochs = [];
    this.losses = [[], []];
    lossChart?.destroy();
    lossChart = null;
    host.replaceChildren();
  }

  add(epoch, loss, validationLoss) {
    this.epochs.push(epoch);
    this.losses[0].push(loss);
    this.losses[1].push(validationLoss);
    this.draw();
  }

  /** Replaces the curve by the history of a finished training. */
  setHistory(history) {
    this.epochs = history.loss.map((_, index) => index + 1);
    this.losses = [history.loss, history.val_loss];
    this.draw();
  }

  draw() {
    const [losses, validationLosses] = this.losses;
    const hasValidation = validationLosses.some((loss) => loss != null);
    const columns = hasValidation ? this.losses : [losses];
    const description = `Loss over ${plural(this.epochs.length, "epoch")}, `
      + `from ${formatNumber(losses[0])} to ${formatNumber(losses.at(-1))}.`;
    const axis = { values: this.epochs, kind: "number" };
    const isLogarithmic = columns.every((values) => values.every((loss) => loss == null || loss > 0));
    if (lossChart) {
      lossChart.update(columns, axis, isLogarithmic);
    } else {
      const series = [{ name: "loss", colour: "input" }];
      if (hasValidation) series.push({ name: "validation loss", colour: "reconstruction" });
      this.host.append(legend(series.map(({ name, colour }) => [colour, name])));
      lossChart = new LineChart(this.host, { series, axis, columns, description, isLogarithmic });
    }
    lossChart.plot.setAttribute("aria-label", description);
  }
}
