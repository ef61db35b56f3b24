// The Compare step: an autoencoder and a stacked LSTM, trained and evaluated on the same data.

import { Problem, fetchJSON } from "./api.js";
import { CompareProgress } from "./compareprogress.js";
import { curlButton } from "./curl.js";
import { loadedData } from "./dataset.js";
import {
  byId, el, formatCount, formatNumber, formatPercent, plural, setVisible, table, warningList,
} from "./dom.js";
import { compareSettings, queryPairs } from "./model.js";
import { reportErrors } from "./problems.js";
import { emit, on, state } from "./state.js";

const detectorNames = {
  autoencoder: "Autoencoder", stacked: "Stacked LSTM", pca: "PCA", z_score: "z-scores",
};

const levels = ["error", "warning", "info"];
const byLevel = (a, b) => levels.indexOf(a.level) - levels.indexOf(b.level);

/** Stops the comparison in progress; null if there is none. */
let abortController = null;

export function start() {
  byId("compare").addEventListener("click", compare);
  byId("stop-compare").addEventListener("click", () => abortController?.abort());
  byId("compare-settings").addEventListener("submit", (event) => event.preventDefault());
  byId("compare-settings").addEventListener("input", () => emit("settings"));
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

/** The form's settings except those of one architecture, because the server trains two. */
function compareSettingsOfForm() {
  const { seed = 0, ...settings } = compareSettings();
  const seeds = byId("seeds").value.trim() === "" ? [seed] : byId("seeds").value.split(",").map(Number);
  if (seeds.length > 10 || !seeds.every((seed) => Number.isInteger(seed) && seed >= 0)) {
    throw new Problem({ title: "Seeds", detail: "Seeds are 1 to 10 whole numbers, such as 0, 1, 2." });
  }
  return { ...settings, seeds, test_split: byId("test-split").value.trim() };
}

const compareRequest = () =>
  loadedData().request("compare", queryPairs(compareSettingsOfForm()), { label: "labels" });

function compare() {
  return reportErrors(byId("comparison-problem"), async () => {
    const { data } = state;
    const { model, seeds } = compareSettingsOfForm();
    const request = compareRequest();
    abortController = new AbortController();
    byId("compare").disabled = true;
    setVisible(byId("stop-compare"));
    byId("comparison-view").replaceChildren();
    byId("comparison-status").textContent = "Training both networks …";
    let status = "";
    abortController.signal.addEventListener("abort", () => (status = "Stopped."));
    const progress = new CompareProgress(byId("comparison-progress"), model, seeds);
    try {
      const comparison = await fetchJSON(request, { signal: abortController.signal });
      if (state.data === data) render(comparison);
      status = state.data === data
        ? `Trained on ${plural(comparison.training_windows, "window")}. `
          + `Evaluated on ${plural(comparison.test_windows, "window")}.`
        : "The comparison has finished, but the data have changed since it started.";
      emit("registry");
    } finally {
      progress.end();
      abortController = null;
      byId("compare").disabled = !state.data;
      setVisible(byId("stop-compare"), false);
      byId("comparison-status").textContent = status;
    }
  });
}

function render({ detectors, warnings, verdict }) {
  const hasMetrics = detectors.some((detector) => detector.roc_auc != null);
  // Without metrics, there is nothing to say about detectors that reconstruct nothing.
  const ranked = hasMetrics ? [...detectors].sort((a, b) => (b.roc_auc ?? 0) - (a.roc_auc ?? 0))
    : detectors.filter((detector) => detector.error != null);
  const header = hasMetrics
    ? [
      "Detector", "ROC AUC", "Average precision", "Best F1", "False alarm rate", "MSE", "Parameters",
      "Seconds",
    ]
    : ["Detector", "MSE", "Parameters", "Seconds"];
  const maxError = Math.max(...detectors.map((detector) => detector.error ?? 0));
  const rows = ranked.map((detector) => [
    detectorNames[detector.detector],
    ...(hasMetrics ? [
      bar(detector.roc_auc, 1), formatNumber(detector.average_precision), formatNumber(detector.best_f1),
      detector.false_alarm_rate == null ? null : formatPercent(detector.false_alarm_rate),
      detector.error == null ? null : formatNumber(detector.error),
    ] : [bar(detector.error, maxError)]),
    detector.parameters == null ? null : formatCount(detector.parameters),
    detector.seconds == null ? null : formatNumber(detector.seconds),
  ]);
  const mse = "MSE: mean squared error of the test windows, in scaled units.";
  byId("comparison-view").replaceChildren(
    el("p", { class: "verdict" }, verdict.sentence),
    table("Detectors", header, rows, { numeric: [2, 3, 4, 5, 6, 7], hiddenCaption: true, stacks: true }),
    el("p", { class: "muted" }, hasMetrics
      ? `${mse} False alarm rate: share of the normal rows above the threshold.`
      : `${mse} Detection is measured if normal rows and labelled anomalies are among the evaluated rows.`),
    warningList([...warnings, ...warningsOfRuns(detectors)].sort(byLevel)) ?? "");
}

/** The warnings of the networks' trainings, each once, with the names of the networks. */
function warningsOfRuns(detectors) {
  const all = new Map();
  for (const { detector, runs = [] } of detectors) {
    for (const warning of runs.flatMap((run) => run.warnings)) {
      const { names } = all.get(warning.message) ?? all.set(warning.message, { warning, names: new Set() })
        .get(warning.message);
      names.add(detectorNames[detector]);
    }
  }
  return [...all.values()].map(({ warning, names }) => (
    { ...warning, message: `${[...names].join(" and ")}: ${warning.message}` }));
}

function bar(value, maximum) {
  if (value == null) return null;
  const bar = el("div", { class: "bar" });
  bar.style.width = `${maximum ? (100 * value) / maximum : 0}%`;
  return el("div", { class: "share neutral" }, bar, el("span", {}, formatNumber(value)));
}
