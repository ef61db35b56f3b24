// The Compare step: an autoencoder and a stacked LSTM, trained and evaluated on the same data.

import { fetchJSON } from "./api.js";
import { curlButton } from "./curl.js";
import { loadedData } from "./dataset.js";
import {
  byId, el, formatCount, formatNumber, formatPercent, plural, setVisible, table, warningList,
} from "./dom.js";
import { networkSettings, queryPairs, trainingSettings } from "./model.js";
import { reportErrors } from "./problems.js";
import { emit, on, state } from "./state.js";

const detectorNames = { autoencoder: "Autoencoder", stacked: "Stacked LSTM", pca: "PCA", z_score: "z-score" };

/** Stops the comparison in progress; null if there is none. */
let abortController = null;

export function start() {
  byId("compare").addEventListener("click", compare);
  byId("stop-compare").addEventListener("click", () => abortController?.abort());
  byId("compare-curl").append(...curlButton("compare", compareRequest));
  setVisible(byId("compare-curl"), false);
  on("data", () => {
    byId("compare").disabled = !state.data || abortController !== null;
    setVisible(byId("compare-curl"), state.data !== null);
    if (abortController) return;
    byId("comparison-view").replaceChildren();
    byId("comparison-status").textContent = "";
  });
}

/** The form's settings except the architecture, because the server trains two. */
function compareRequest() {
  const { architecture, layers, ...network } = networkSettings();
  const { seed, ...training } = trainingSettings();
  const query = queryPairs({ ...training, ...network, seeds: [Number(seed)] });
  return loadedData().request("compare", query, { label: "labels" });
}

function compare() {
  return reportErrors(byId("comparison-problem"), async () => {
    const { data } = state;
    const request = compareRequest();
    abortController = new AbortController();
    byId("compare").disabled = true;
    setVisible(byId("stop-compare"));
    byId("comparison-status").textContent = "Training both networks …";
    let status = "";
    abortController.signal.addEventListener("abort", () => (status = "Stopped."));
    try {
      const comparison = await fetchJSON(request, { signal: abortController.signal });
      if (state.data === data) render(comparison);
      status = state.data === data
        ? `Evaluated on ${plural(comparison.test_windows, "window")}.`
        : "The comparison has finished, but the data have changed since it started.";
      emit("registry");
    } finally {
      abortController = null;
      byId("compare").disabled = !state.data;
      setVisible(byId("stop-compare"), false);
      byId("comparison-status").textContent = status;
    }
  });
}

function render({ detectors, warnings, verdict }) {
  const hasMetrics = detectors.some((detector) => detector.roc_auc != null);
  const header = ["Detector", "MSE", "Parameters", "Seconds"];
  if (hasMetrics) header.push("ROC AUC", "Average precision", "Best F1", "False alarm rate");
  const maxError = Math.max(...detectors.map((detector) => detector.error ?? 0));
  const rows = detectors.map((detector) => [
    detectorNames[detector.detector], errorBar(detector.error, maxError),
    detector.parameters == null ? null : formatCount(detector.parameters), formatNumber(detector.seconds),
    ...(hasMetrics ? [
      formatNumber(detector.roc_auc), formatNumber(detector.average_precision),
      formatNumber(detector.best_f1),
      detector.false_alarm_rate == null ? null : formatPercent(detector.false_alarm_rate),
    ] : []),
  ]);
  const mse = "MSE: mean squared error of the test windows, in scaled units.";
  byId("comparison-view").replaceChildren(
    el("p", { class: "verdict" }, verdict.sentence),
    table("Detectors", header, rows, { numeric: [2, 3, 4, 5, 6, 7], hiddenCaption: true, stacks: true }),
    el("p", { class: "muted" }, hasMetrics
      ? `${mse} False alarm rate: share of the normal rows above the threshold.`
      : `${mse} Data with an anomaly label column also get detection metrics.`),
    warningList([...warnings, ...warningsOfRuns(detectors)]) ?? "");
}

// The warnings of the networks' trainings, each once.
function warningsOfRuns(detectors) {
  const all = detectors.flatMap((detector) => (detector.runs ?? []).flatMap((run) =>
    run.warnings.map((warning) => (
      { ...warning, message: `${detectorNames[detector.detector]}: ${warning.message}` }))));
  return [...new Map(all.map((warning) => [warning.message, warning])).values()];
}

function errorBar(error, maxError) {
  if (error == null) return null;
  const bar = el("div", { class: "bar" });
  bar.style.width = `${maxError ? (100 * error) / maxError : 0}%`;
  return el("div", { class: "share" }, bar, el("span", {}, formatNumber(error)));
}
