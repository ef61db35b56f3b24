// The Results step: errors and threshold, reconstructions, events with their top features, and metrics for
// labelled data.

import { fetchJSON } from "./api.js";
import { ChartGroup, LineChart, legend } from "./charts.js";
import { curlButton } from "./curl.js";
import { Dataset, inspectRequest, loadedData } from "./dataset.js";
import {
  byId, debounce, definitionList, el, formatCount, formatNumber, formatPercent, plural, setVisible, table,
  tableDetails, warningList,
} from "./dom.js";
import { queryPairs } from "./model.js";
import { reportErrors } from "./problems.js";
import { emit, on, state } from "./state.js";
import { ThresholdLine } from "./threshold.js";

/** The number of features that are plotted at first; a button shows the others. */
const maxPlottedFeatures = 4;
/** The number of events that are listed. */
const maxEvents = 20;
/** The number of features that are listed for an event. */
const maxEventFeatures = 4;
/** The number of rows in the table. */
const maxTableRows = 200;

/**
 * What the step shows: data, errors, reconstruction, charts and elements; null while there are no results.
 */
let view = null;
let abortController = null;

export function start() {
  on("model", update);
  on("data", update);
}

/** Scores the data; a `threshold` of null is the model's. */
const scoreRequest = (threshold) =>
  loadedData().request("score", queryPairs({ threshold }), { model: state.model });

/** Reconstructs windows that do not overlap, so that each row is reconstructed once. */
const reconstructRequest = () =>
  loadedData().request("reconstruct", [["stride", state.model.timesteps]], { model: state.model });

const evaluateRequest = () => loadedData().request("evaluate", [], { label: "labels", model: state.model });

const update = debounce(() => {
  abortController?.abort();
  abortController = new AbortController();
  const { signal } = abortController;
  const { model } = state;
  clear();
  return reportErrors(byId("results-problem"), async () => {
    if (!state.data || !model) return;
    const { source } = state.data;
    // The rows as the model reads them: its features in its order, its differences.
    const requests = [inspectRequest(source, { model }), scoreRequest(), reconstructRequest()];
    const [report, scores, { reconstructions }] =
      await Promise.all(requests.map((request) => fetchJSON(request, { signal })));
    if (signal.aborted) return;
    const data = new Dataset(source, report);
    data.timestamps = scores.rows.timestamps;
    state.windows = {
      data, starts: data.windowStarts(model.timesteps, "sliding"),
      scores: scores.windows.map((window) => window.score),
    };
    render(data, model, scores, reconstructions);
    emit("windows");
    if (data.hasLabels) await evaluate(signal);
  });
}, 20);

function clear() {
  view?.group.clear();
  view = null;
  setVisible(byId("results-view"), false);
  setVisible(byId("results").querySelector(".hint"));
  state.windows = null;
  emit("windows");
}

function render(data, model, scores, reconstructions) {
  const host = byId("results-view");
  setVisible(host);
  setVisible(byId("results").querySelector(".hint"), false);
  const errors = scores.rows.scores.map((score) => (score === null ? null : score * scores.row_threshold));
  const reconstructed = reconstructedColumns(data, model, reconstructions);
  const names = data.features.map((column) => column.name);
  const inputs = data.features.map((column) => data.valuesOf(column));
  const outputs = reconstructed.map((values) => data.valuesOfRows(values));
  const pointErrors = data.valuesOfRows(errors);
  const group = new ChartGroup(data.axis, (index) => [
    data.rowLabel(data.rowOfIndex(index)), `error ${formatNumber(pointErrors[index])}`,
    ...names.slice(0, maxPlottedFeatures).map((name, feature) =>
      `${name} ${formatNumber(inputs[feature][index])} → ${formatNumber(outputs[feature][index])}`),
  ].join(" · "));
  view = {
    data, errors, pointErrors, group, inputs, outputs, names, modelThreshold: scores.row_threshold,
    featureCharts: [], events: [],
    summary: el("p", { role: "status" }), metrics: el("div"), eventTable: el("div"),
  };

  const errorHost = el("div");
  const featureHost = el("div");
  host.replaceChildren(
    view.summary, view.metrics, errorHost, group.toolbar, featureHost, tableDetails(rowTable),
    el("h3", {}, "Events"), view.eventTable, warningList(scores.warnings) ?? "",
    el(
      "div", { class: "buttons" }, curlButton("score", () => scoreRequest(view?.line.override)),
      curlButton("reconstruct", reconstructRequest),
      data.hasLabels ? curlButton("evaluate", evaluateRequest) : []));
  addErrorChart(errorHost);
  names.slice(0, maxPlottedFeatures).forEach((_, index) => addFeatureChart(featureHost, index));
  if (names.length > maxPlottedFeatures) {
    featureHost.append(el("button", {
      type: "button", click: (event) => {
        event.target.remove();
        for (let index = maxPlottedFeatures; index < names.length; index++) {
          addFeatureChart(featureHost, index);
        }
        markEvents(view.events);
      },
    }, `Show ${plural(names.length - maxPlottedFeatures, "more feature")}`));
  }
  renderEvents(scores);
}

/** The chart of errors with the threshold line, and fields for the threshold and the scale. */
function addErrorChart(host) {
  const { data, errors, pointErrors, modelThreshold, group } = view;
  const positive = errors.filter((error) => error > 0);
  const maximum = positive.reduce((a, b) => Math.max(a, b), modelThreshold);
  const minimum = positive.reduce((a, b) => Math.min(a, b), modelThreshold);
  host.append(legend(
    [["error", "error per row"], ["threshold", "threshold (drag to change)"]],
    [["event", "event"], ...(data.hasLabels ? [["label", "labelled anomaly"]] : [])]));
  const chart = new LineChart(host, {
    series: [{ name: "error", colour: "error" }], axis: data.axis, columns: [pointErrors], group,
    height: "tall",
    description: `Error of ${plural(errors.length, "row")}: `
      + `maximum ${formatNumber(maximum)}, threshold ${formatNumber(modelThreshold)}.`,
  });
  view.errorChart = chart;
  const logScale = el("input", { type: "checkbox" });
  logScale.checked = maximum > 20 * modelThreshold;
  const line = new ThresholdLine(chart, modelThreshold, {
    onMove: (threshold) => {
      const above = errors.filter((error) => error > threshold).length;
      view.summary.textContent = `${plural(above, "row")} above ${formatNumber(threshold)} …`;
    },
    onChange: updateEvents,
  });
  view.line = line;
  const updateScale = () => {
    const range = logScale.checked ? [minimum / 2, maximum * 2] : [0, maximum * 1.15];
    chart.setValueRange(range, logScale.checked);
    line.setRange(range);
  };
  logScale.addEventListener("change", updateScale);
  updateScale();
  host.append(
    el(
      "div", { class: "buttons" }, el("label", { for: "threshold" }, "Threshold"), line.input,
      el("button", { type: "button", class: "secondary", click: () => line.change(null) }, "Reset threshold"),
      el("label", { class: "check" }, logScale, "Log scale")));
}

function addFeatureChart(host, index) {
  const { data, inputs, outputs, group, names } = view;
  const name = names[index];
  host.append(legend([["input", name], ["reconstruction", "reconstruction"]]));
  view.featureCharts.push(new LineChart(host, {
    series: [
      { name, colour: "input" },
      { name: `${name} (reconstructed)`, colour: "reconstruction", pattern: [5, 3] },
    ],
    axis: data.axis, columns: [inputs[index], outputs[index]], group,
    height: names.length > 2 ? "short" : "medium",
    description: `${name} and its reconstruction over ${plural(data.rows, "row")}.`,
  }));
}

/**
 * The reconstructed values by feature and row, `[F][rows]`, from windows that do not overlap; NaN where there
 * is none.
 */
function reconstructedColumns(data, model, windows) {
  const columns = Array.from({ length: model.features }, () => new Float64Array(data.rows).fill(NaN));
  data.windowStarts(model.timesteps, "sliding", model.timesteps).forEach((start, index) =>
    windows[index].forEach((values, step) =>
      values.forEach((value, feature) => (columns[feature][start + step] = value))));
  return columns;
}

/** Scores the data with another threshold and shows the events. */
const updateEvents = debounce((threshold) =>
  reportErrors(byId("results-problem"), async () => {
    const current = view;
    if (!current) return;
    const scores = await fetchJSON(scoreRequest(threshold));
    if (current === view) renderEvents(scores);
  }), 150);

/** Shows events in the summary, in the table and in the charts. */
function renderEvents({ events, row_threshold: threshold, calibration_rows: calibrationRows, mode }) {
  const { data, errors, names } = view;
  const above = errors.filter((error) => error > threshold).length;
  view.summary.textContent = `${plural(events.length, "event")}: `
    + `${formatCount(above)} of ${plural(data.rows, "row")} above the threshold ${formatNumber(threshold)}.`;
  markEvents(events);
  const highest = new Set([...events].sort((a, b) => b.peak_score - a.peak_score).slice(0, maxEvents));
  const rows = events.filter((event) => highest.has(event)).map((event) => [
    el(
      "button", { type: "button", class: "secondary", click: () => zoomTo(event) },
      data.rowLabel(event.first_row)),
    data.rowLabel(event.last_row), formatCount(event.duration), formatNumber(event.peak_score),
    severityText(event, calibrationRows, mode),
    topFeatures(event.features, names),
  ]);
  const caption = events.length > maxEvents
    ? `The ${maxEvents} of ${formatCount(events.length)} events with the highest peak scores`
    : "All events";
  const header = ["Start", "End", "Rows", "Peak score", "Severity", "Top features"];
  view.eventTable.replaceChildren(
    events.length
      ? table(caption, header, rows, { numeric: [2, 3], stacks: true })
      : el("p", { class: "muted" }, "No events. Lower the threshold to find more."));
}

/** How rare an event is: "rarer than all 312 calibration rows; about once in 3 months". */
function severityText({ peak_rarity: rarity, return_period: period }, count, mode) {
  if (rarity === null || count === null) return "unknown";
  const unit = `calibration ${mode === "causal" ? "windows" : "rows"}`;
  const larger = Math.round((1 - rarity) * count);
  const share = larger === 0
    ? `rarer than all ${formatCount(count)} ${unit}`
    : `rarer than ${formatCount(count - larger)} of ${formatCount(count)} ${unit}`;
  if (!period) return share;
  const length =
    period.seconds === undefined ? plural(Math.round(period.rows), "row") : duration(period.seconds);
  return `${share}; ${period.is_longer ? "less than" : "about"} once in ${length}`;
}

/** A length of time in the largest unit of which there are at least two. */
function duration(seconds) {
  const units = [
    ["year", 31557600], ["month", 2629800], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60],
  ];
  const [name, length] = units.find(([, length]) => seconds >= 2 * length) ?? ["second", 1];
  return plural(Math.round(seconds / length), name);
}

/** Marks events and labelled anomalies in the charts. */
function markEvents(events) {
  view.events = events;
  const marks = [
    ...view.data.labelledIntervals().map((rows) => ({ rows, colour: "label" })),
    ...events.map((event) => ({ rows: [event.first_row, event.last_row], colour: "event" })),
  ].map(({ rows, colour }) => ({ rows: view.data.indicesOfRows(rows), colour }));
  for (const chart of [view.errorChart, ...view.featureCharts]) chart.setMarks(marks);
}

/** Bars of the features that contributed most to an event. */
function topFeatures(features, names) {
  return el("div", { class: "shares" }, features.slice(0, maxEventFeatures).map(({ feature, share }) => {
    const bar = el("div", { class: "bar" });
    bar.style.width = formatPercent(share).replace(" ", "");
    return el(
      "div", { class: "share" }, bar, el("span", {}, names[feature]), el("span", {}, formatPercent(share)));
  }));
}

/** Zooms to an event and as many rows before and after it, at least 10 each. */
function zoomTo({ first_row, last_row }) {
  const { data } = view;
  const margin = Math.max(last_row - first_row + 1, 10);
  const rows = [Math.max(first_row - margin, 0), Math.min(last_row + margin, data.rows - 1)];
  view.group.setRange(data.indicesOfRows(rows).map((index) => data.axis.values[index]));
  byId("results-view").scrollIntoView({ block: "start" });
}

function rowTable() {
  const { data, pointErrors, inputs, outputs, names } = view;
  const rows = Math.min(pointErrors.length, maxTableRows);
  return table(
    rows < pointErrors.length ? `First ${rows} of ${formatCount(pointErrors.length)} points` : "All rows",
    ["Row", "Error", ...names.flatMap((name) => [name, `${name} (reconstructed)`])],
    Array.from({ length: rows }, (_, row) => [
      data.rowLabel(data.rowOfIndex(row)), formatNumber(pointErrors[row]),
      ...names.flatMap((_, index) => [formatNumber(inputs[index][row]), formatNumber(outputs[index][row])]),
    ]));
}

/** Evaluates the scores against the labels and shows the metrics. */
async function evaluate(signal) {
  const current = view;
  const metrics = await fetchJSON(evaluateRequest(), { signal });
  if (current !== view) return;
  const { labelled, detected, found, false_alarms } = metrics.events;
  view.metrics.replaceChildren(
    el("p", { class: "verdict" }, metrics.verdict.sentence),
    definitionList([
      ["ROC AUC", formatNumber(metrics.roc_auc)],
      ["Average precision", formatNumber(metrics.average_precision)],
      ["Best F1", formatNumber(metrics.best?.f1)],
      ["F1 at the model's threshold", formatNumber(metrics.at_threshold.f1)],
      ...bestThreshold(metrics.best_threshold),
      ["Labelled anomalies detected", `${detected} of ${labelled}`],
      ["False alarms", `${false_alarms} of ${plural(found, "event")}`],
    ]));
}

/** The threshold with the highest F1, with a button that applies it; nothing if there is none. */
function bestThreshold(threshold) {
  if (threshold === null) return [];
  const apply = el("button", {
    type: "button", class: "secondary", click: () => view.line.change(threshold),
  }, "Use this threshold");
  return [["Threshold of the best F1 on these labels", el("span", {}, formatNumber(threshold), " ", apply)]];
}
