// The fourth step: what the model makes of the data. Input beside reconstruction, the error of each row, events and their
// features.

import { json } from "./api.js";
import { ChartGroup, LineChart, legend } from "./charts.js";
import { curlButton } from "./curl.js";
import { asTable, byId, count, el, facts, figure, percent, reveal, settled, table, things, warnings } from "./dom.js";
import { pairs } from "./model.js";
import { telling } from "./problems.js";
import { emit, on, state } from "./state.js";
import { ThresholdLine } from "./threshold.js";

/** More features than this are plotted when somebody asks for them. */
const plotted = 4;
/** And more events than this aren't listed. */
const listed = 20;

/** What is on the screen: the answers, the group of charts, the chart of errors and the line in it. */
let shown = null;
let asked = null;

export function start() {
  on("model", judge);
  on("data", judge);
}

/** The members that name the version in use. */
const version = () => ({ model: state.model.model, version: state.model.version });

/** Rows are scored with the threshold that somebody has chosen, or with the model's. */
const scoring = (threshold) => state.data.request("score", pairs({ ...version(), threshold }));

/** Windows that follow each other, so that each row is reconstructed once. */
const tiles = () => state.data.request("reconstruct", pairs({ ...version(), stride: state.model.timesteps }));

const judge = settled(() => {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  const { data, model } = state;
  clear();
  return telling(byId("results-problem"), async () => {
    if (!data || !model) return;
    const [scores, tiled] = await Promise.all([json(scoring(), { signal }), json(tiles(), { signal })]);
    if (signal.aborted) return;
    state.windows = {
      starts: data.windowStarts(model.timesteps, "sliding"), scores: scores.windows.map((window) => window.score),
    };
    show(data, model, scores, tiled.reconstructions);
    emit("windows");
    if (data.with("label").length) await judgeByLabels(data, signal);
  });
}, 20);

function clear() {
  shown?.group.clear();
  shown = null;
  reveal(byId("results-shown"), false);
  byId("results").querySelector(".hint").hidden = false;
  state.windows = null;
  emit("windows");
}

function show(data, model, scores, reconstructions) {
  const host = byId("results-shown");
  reveal(host);
  byId("results").querySelector(".hint").hidden = true;
  const errors = scores.rows.scores.map((score) => (score === null ? null : score * scores.threshold));
  const rebuilt = reconstructedRows(data, model, reconstructions);
  const columns = data.inOrder(model.feature_names);
  const names = columns.map((column) => column.name);
  const group = new ChartGroup(data.axis(), (row) =>
    [data.place(row), `error ${figure(errors[row])}`,
      ...columns.slice(0, plotted).map((column, index) =>
        `${column.name} ${figure(column.numbers[row])} → ${figure(rebuilt[index][row])}`)].join(" · "));
  shown = { data, errors, group, rebuilt, columns, names, charts: [], own: scores.threshold };

  shown.text = el("p", { role: "status" });
  shown.events = el("div");
  shown.labels = el("div");
  const charts = el("div");
  const errorPart = el("div");
  host.replaceChildren(
    shown.text, shown.labels, errorPart, group.toolbar, charts,
    asTable(() => rowsTable()), el("h3", {}, "Events"), shown.events, warnings(scores.warnings) ?? "",
    el(
      "div", { class: "buttons" }, curlButton("score", () => scoring(shown.line.chosen)), curlButton("reconstruct", tiles),
      data.with("label").length ? curlButton("evaluate", evaluation) : []));
  errorChart(errorPart);
  columns.slice(0, plotted).forEach((_, index) => inputChart(charts, index));
  if (names.length > plotted) {
    charts.append(el("button", {
      type: "button", click: (event) => {
        event.target.remove();
        for (let index = plotted; index < names.length; index++) inputChart(charts, index);
        mark(shown.marked);
      },
    }, `Show the other ${names.length - plotted} features`));
  }
  tellEvents(scores);
}

/** The chart of errors, with a line to drag, and the same for who doesn't drag. */
function errorChart(host) {
  const { data, errors, own, group } = shown;
  const defined = errors.filter((error) => error > 0);
  const largest = defined.reduce((most, error) => Math.max(most, error), own);
  const least = defined.reduce((few, error) => Math.min(few, error), own);
  host.append(legend([["error", "error by row"], ["threshold", "threshold: drag it"]], [["event", "event"], ...labelKey(data)]));
  const chart = new LineChart(host, {
    series: [{ name: "error", colour: "error" }], axis: data.axis(), columns: [errors], group, height: "tall",
    text: `Error of ${things(errors.length, "row")}, at most ${figure(largest)}; the threshold is ${figure(own)}.`,
  });
  shown.errorChart = chart;
  const logarithmic = el("input", { type: "checkbox" });
  logarithmic.checked = largest > 20 * own;
  const line = new ThresholdLine(chart, own, {
    moved: (threshold) => {
      const above = errors.filter((error) => error > threshold).length;
      shown.text.textContent = `${things(above, "row")} above ${figure(threshold)} …`;
    },
    chosen: rescore,
  });
  shown.line = line;
  const scale = () => {
    const range = logarithmic.checked ? [least / 2, largest * 2] : [0, largest * 1.15];
    chart.scale(range, logarithmic.checked);
    line.within(range);
  };
  logarithmic.addEventListener("change", scale);
  scale();
  host.append(
    el(
      "div", { class: "buttons" }, el("label", { for: "threshold" }, "Threshold"), line.input,
      el("button", { type: "button", class: "quiet", click: () => line.choose(null) }, "The model's own"),
      el("label", { class: "check" }, logarithmic, "Logarithmic")));
}

const labelKey = (data) => (data.with("label").length ? [["label", "labelled"]] : []);

function inputChart(host, index) {
  const { data, columns, group, names, rebuilt } = shown;
  const name = names[index];
  host.append(legend([["input", name], ["reconstruction", "reconstruction"]]));
  shown.charts.push(new LineChart(host, {
    series: [{ name, colour: "input" }, { name: `${name}, reconstructed`, colour: "reconstruction", pattern: [5, 3] }],
    axis: data.axis(), columns: [columns[index].numbers, rebuilt[index]], group,
    height: names.length > 2 ? "short" : "medium", text: `${name} and its reconstruction over ${things(data.rows, "row")}.`,
  }));
}

/** For each feature, the value of each row in the window that it was reconstructed in. */
function reconstructedRows(data, model, windows) {
  const rows = Array.from({ length: model.features }, () => new Float64Array(data.rows).fill(NaN));
  data.windowStarts(model.timesteps, "sliding", model.timesteps).forEach((start, index) =>
    windows[index].forEach((values, step) => values.forEach((value, feature) => (rows[feature][start + step] = value))));
  return rows;
}

const rescore = settled((threshold) =>
  telling(byId("results-problem"), async () => {
    const now = shown;
    const scores = await json(scoring(threshold));
    if (now === shown) tellEvents(scores);
  }), 150);

/** Events in words, in a table, and in the charts. */
function tellEvents({ events, threshold }) {
  const { data, errors, names } = shown;
  const above = errors.filter((error) => error > threshold).length;
  shown.text.textContent =
    `${things(events.length, "event")}: ${things(above, "row")} of ${count(data.rows)} above ${figure(threshold)}.`;
  mark(events);
  const highest = new Set([...events].sort((a, b) => b.peak_score - a.peak_score).slice(0, listed));
  const rows = events.filter((event) => highest.has(event)).map((event) => [
    el("button", { type: "button", class: "quiet", click: () => look(event) }, data.place(event.first_row)),
    data.place(event.last_row), count(event.duration), figure(event.peak_score), shares(event.features, names),
  ]);
  shown.events.replaceChildren(
    events.length
      ? table(
          events.length > listed ? `The ${listed} highest of ${count(events.length)}` : "All of them",
          ["From", "To", "Rows", "Peak score", "Features"], rows, { numeric: [2, 3], stacks: true })
      : el("p", { class: "soft" }, "None. A lower threshold finds more."));
}

function mark(events) {
  shown.marked = events;
  const marks = [
    ...shown.data.labelled().map((rows) => ({ rows, colour: "label" })),
    ...events.map((event) => ({ rows: [event.first_row, event.last_row], colour: "event" })),
  ];
  for (const chart of [shown.errorChart, ...shown.charts]) chart.mark(marks);
}

/** The features that contributed most to an event. */
function shares(features, names) {
  const largest = features
    .slice(0, 4)
    .map(({ feature, share }) => ({ name: names[feature], share }));
  return el("div", { class: "shares" }, largest.map(({ name, share }) => {
    const bar = el("div", { class: "bar" });
    bar.style.width = percent(share).replace(" ", "");
    return el("div", { class: "share" }, bar, el("span", {}, name), el("span", {}, percent(share)));
  }));
}

/** Zooms to an event, with as much again around it. */
function look({ first_row, last_row }) {
  const { values } = shown.data.axis();
  const room = Math.max(last_row - first_row + 1, 10);
  shown.group.show([values[Math.max(first_row - room, 0)], values[Math.min(last_row + room, values.length - 1)]]);
  byId("results-shown").scrollIntoView({ block: "start" });
}

function rowsTable() {
  const { data, columns, errors, rebuilt, names } = shown;
  const number = Math.min(data.rows, 200);
  return table(
    number < data.rows ? `The first ${number} of ${count(data.rows)} rows` : "All rows",
    ["Row", "Error", ...names.flatMap((name) => [name, `${name}, reconstructed`])],
    Array.from({ length: number }, (_, row) => [
      data.place(row), figure(errors[row]),
      ...names.flatMap((_, index) => [figure(columns[index].numbers[row]), figure(rebuilt[index][row])]),
    ]));
}

const evaluation = () => state.data.request("evaluate", pairs(version()), { label: "labels" });

async function judgeByLabels(data, signal) {
  const now = shown;
  const figures = await json(evaluation(), { signal });
  if (now !== shown) return;
  const { labelled, detected, found, false_alarms } = figures.events;
  shown.labels.replaceChildren(
    facts([
      ["ROC AUC", figure(figures.roc_auc)], ["Average precision", figure(figures.average_precision)],
      ["Best F1", figure(figures.best?.f1)], ["F1 at the model's threshold", figure(figures.at_threshold.f1)],
      ["Labelled stretches found", `${detected} of ${labelled}`], ["False alarms", `${false_alarms} of ${things(found, "event")}`],
    ]));
}
