// The seventh step: an autoencoder beside a stacked network.

import { json } from "./api.js";
import { curlButton } from "./curl.js";
import { byId, count, el, figure, percent, reveal, table, things } from "./dom.js";
import { network, pairs, training } from "./model.js";
import { telling } from "./problems.js";
import { emit, on, state } from "./state.js";

const names = { autoencoder: "Autoencoder", stacked: "Stacked", pca: "Principal components", z_score: "z-score" };

let running = null;

export function start() {
  byId("compare").addEventListener("click", compare);
  byId("stop-compare").addEventListener("click", () => running?.abort());
  byId("compare-curl").append(...curlButton("compare", request));
  reveal(byId("compare-curl"), false);
  on("data", () => {
    byId("compare").disabled = running !== null;
    reveal(byId("compare-curl"));
    if (!running) byId("comparison-shown").replaceChildren();
  });
}

/** The settings of the form, but for the kind of network and of windows: both kinds are trained, on sliding windows. */
function request() {
  const { architecture, layers, ...shape } = network();
  const { windowing, seed, ...rest } = training();
  return state.data.request("compare", pairs({ ...rest, ...shape, seeds: [Number(seed)] }), { label: "labels" });
}

function compare() {
  return telling(byId("comparison-problem"), async () => {
    if (!byId("settings").reportValidity()) return;
    running = new AbortController();
    byId("compare").disabled = true;
    reveal(byId("stop-compare"));
    byId("comparison-said").textContent = "Training both …";
    let said = "";
    running.signal.addEventListener("abort", () => (said = "Stopped."));
    try {
      const answer = await json(request(), { signal: running.signal });
      show(answer);
      said = `Judged by ${things(answer.test_windows, "window")} of the second half.`;
      emit("models");
    } finally {
      running = null;
      byId("compare").disabled = false;
      reveal(byId("stop-compare"), false);
      byId("comparison-said").textContent = said;
    }
  });
}

function show({ detectors }) {
  const isJudged = detectors.some((one) => one.roc_auc != null);
  const header = ["Detector", "Error", "Parameters", "Seconds"];
  if (isJudged) header.push("ROC AUC", "Average precision", "Best F1", "False alarms");
  const largest = Math.max(...detectors.map((one) => one.error ?? 0));
  const rows = detectors.map((one) => [
    names[one.detector], errorBar(one.error, largest), one.parameters == null ? null : count(one.parameters),
    figure(one.seconds),
    ...(isJudged ? [figure(one.roc_auc), figure(one.average_precision), figure(one.best_f1),
      one.false_alarm_rate == null ? null : percent(one.false_alarm_rate)] : []),
  ]);
  byId("comparison-shown").replaceChildren(
    table("Detectors", header, rows, { numeric: [2, 3, 4, 5, 6, 7], hiddenCaption: true, stacks: true }),
    el("p", { class: "soft" }, isJudged
      ? "The error is of windows without anomalies. False alarms: the share of normal rows that are above the threshold."
      : "The error is of windows that the networks were not trained on. With a column of anomaly labels there are more figures."));
}

function errorBar(error, largest) {
  if (error == null) return null;
  const bar = el("div", { class: "bar" });
  bar.style.width = `${largest ? (100 * error) / largest : 0}%`;
  return el("div", { class: "share" }, bar, el("span", {}, figure(error)));
}
