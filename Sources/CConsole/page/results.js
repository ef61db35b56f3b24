// The Results step: errors and threshold, reconstructions, events with their top features, and metrics for
// labelled data.

import { fetchJSON } from "./api.js";
import { ChartGroup, LineChart, legend } from "./charts.js";
import { curlButton } from "./curl.js";
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

/** The members of a request that name the version in use. */
const versionInUse = () => ({ model: state.model.model, version: state.model.version });

/** Scores the data; a `threshold` of null is the model's. */
const scoreRequest = (threshold) => state.data.request("score", queryPairs({ ...versionInUse(), threshold }));

/** Reconstructs windows that do not overlap, so that each row is reconstructed once. */
const reconstructRequest = () =>
  state.data.request("reconstruct", queryPairs({ ...versionInUse(), stride: state.model.timesteps }));

const evaluateRequest = () => state.data.request("evaluate", queryPairs(versionInUse()), { label: "labels" });

const update = debounce(() => {
  abortController?.abort();
  abortController = new AbortController();
  const { signal } = abortController;
  const { data, model } = state;
  clear();
  return reportErrors(byId("results-problem"), async () => {
    if (!data || !model) return;
    const [scores, { reconstructions }] =
      await Promise.all([fetchJSON(scoreRequest(), { signal }), fetchJSON(reconstructRequest(), { signal })]);
    if (signal.aborted) return;
    state.windows = {
      starts: data.windowStarts(model.timesteps, "sliding"),
      scores: scores.windows.map((window) => window.score),
    };
    render(data, model, scores, reconstructions);
    emit("windows");
    if (hasLabels(data)) await evaluate(signal);
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

const hasLabels = (data) => data.columnsWithRole("label").length > 0;

function render(data, model, scores, reconstructions) {
  const host = byId("results-view");
  setVisible(host);
  setVisible(byId("results").querySelector(".hint"), false);
  const errors = scores.rows.scores.map((score) => (score === null ? null : score * scores.threshold));
  const reconstructed = reconstructedColumns(data, model, reconstructions);
  const columns = data.featureColumns(model.feature_names);
  const names = columns.map((column) => column.name);
  const group = new ChartGroup(data.axis(), (row) => [
    data.rowLabel(row), `error ${formatNumber(errors[row])}`,
    ...columns.slice(0, maxPlottedFeatures).map((column, index) =>
      `${column.name} ${formatNumber(column.numbers[row])} → ${formatNumber(reconstructed[index][row])}`),
  ].join(" · "));
  view = {
    data, errors, group, reconstructed, columns, names, modelThreshold: scores.threshold,
    featureCharts: [], events: [],
    summary: el("p", { role: "status" }), metrics: el("div"), eventTable: el("div"),
  };

  const errorHost = el("div");
  const featureHost = el("div");
  host.replaceChildren(
    view.summary, view.metrics, errorHost, group.toolbar, featureHost, tableDetails(rowTable),
    el("h3", {}, "Events"), view.eventTable, warningList(scores.warnings) ?? "",
    el(
      "div", { class: "buttons" }, curlButton("score", () => scoreRequest(view.line.override)),
      curlButton("reconstruct", reconstructRequest),
      hasLabels(data) ? curlButton("evaluate", evaluateRequest) : []));
  addErrorChart(errorHost);
  columns.slice(0, maxPlottedFeatures).forEach((_, index) => addFeatureChart(featureHost, index));
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
  const { data, errors, modelThreshold, group } = view;
  const positive = errors.filter((error) => error > 0);
  const maximum = positive.reduce((a, b) => Math.max(a, b), modelThreshold);
  const minimum = positive.reduce((a, b) => Math.min(a, b), modelThreshold);
  host.append(legend(
    [["error", "error per row"], ["threshold", "threshold (drag to change)"]],
    [["event", "event"], ...(hasLabels(data) ? [["label", "labelled anomaly"]] : [])]));
  const chart = new LineChart(host, {
    series: [{ name: "error", colour: "error" }], axis: data.axis(), columns: [errors], group, height: "tall",
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
  const { data, columns, group, names, reconstructed } = view;
  const name = names[index];
  host.append(legend([["input", name], ["reconstruction", "reconstruction"]]));
  view.featureCharts.push(new LineChart(host, {
    series: [
      { name, colour: "input" },
      { name: `${name} (reconstructed)`, colour: "reconstruction", pattern: [5, 3] },
    ],
    axis: data.axis(), columns: [columns[index].numbers, reconstructed[index]], group,
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
function renderEvents({ events, threshold }) {
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
    topFeatures(event.features, names),
  ]);
  const caption = events.length > maxEvents
    ? `The ${maxEvents} of ${formatCount(events.length)} events with the highest peak scores`
    : "All events";
  const header = ["Start", "End", "Rows", "Peak score", "Top features"];
  view.eventTable.replaceChildren(
    events.length
      ? table(caption, header, rows, { numeric: [2, 3], stacks: true })
      : el("p", { class: "muted" }, "No events. Lower the threshold to find more."));
}

/** Marks events and labelled anomalies in the charts. */
function markEvents(events) {
  view.events = events;
  const marks = [
    ...view.data.labelledIntervals().map((rows) => ({ rows, colour: "label" })),
    ...events.map((event) => ({ rows: [event.first_row, event.last_row], colour: "event" })),
  ];
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
  const { values } = view.data.axis();
  const margin = Math.max(last_row - first_row + 1, 10);
  view.group.setRange(
    [values[Math.max(first_row - margin, 0)], values[Math.min(last_row + margin, values.length - 1)]]);
  byId("results-view").scrollIntoView({ block: "start" });
}

function rowTable() {
  const { data, columns, errors, reconstructed, names } = view;
  const rows = Math.min(data.rows, maxTableRows);
  return table(
    rows < data.rows ? `First ${rows} of ${formatCount(data.rows)} rows` : "All rows",
    ["Row", "Error", ...names.flatMap((name) => [name, `${name} (reconstructed)`])],
    Array.from({ length: rows }, (_, row) => [
      data.rowLabel(row), formatNumber(errors[row]),
      ...names.flatMap((_, index) =>
        [formatNumber(columns[index].numbers[row]), formatNumber(reconstructed[index][row])]),
    ]));
}

/** Evaluates the scores against the labels and shows the metrics. */
async function evaluate(signal) {
  const current = view;
  const metrics = await fetchJSON(evaluateRequest(), { signal });
  if (current !== view) return;
  const { labelled, detected, found, false_alarms } = metrics.events;
  view.metrics.replaceChildren(
    definitionList([
      ["ROC AUC", formatNumber(metrics.roc_auc)],
      ["Average precision", formatNumber(metrics.average_precision)],
      ["Best F1", formatNumber(metrics.best?.f1)],
      ["F1 at the model's threshold", formatNumber(metrics.at_threshold.f1)],
      ["Labelled anomalies detected", `${detected} of ${labelled}`],
      ["False alarms", `${false_alarms} of ${plural(found, "event")}`],
    ]));
}
