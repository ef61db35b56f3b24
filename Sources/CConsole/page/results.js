// The Results step: is something wrong, since when, and which sensor.
//
// The scores, and all that is drawn of them, are relative to the model's threshold, so that its line is at 1.

import { fetchJSON } from "./api.js";
import { ChartGroup } from "./chartgroup.js";
import { Contributions, minHeatMapFeatures } from "./contributions.js";
import { curlButton } from "./curl.js";
import { Dataset, inspectRequest, loadedData } from "./dataset.js";
import { fetchDecoded, fetchReport, fetchScores } from "./decoding.js";
import {
  byId, debounce, el, formatCount, formatNumber, nextTask, setVisible, table, tableDetails,
} from "./dom.js";
import { EventList } from "./events.js";
import { calibrateAction, feedbackActions } from "./feedback.js";
import { onNavigation, parameter, setParameters } from "./fragment.js";
import { queryPairs } from "./model.js";
import { reportErrors } from "./problems.js";
import { ScoreChart } from "./scorechart.js";
import { emit, on, state } from "./state.js";
import { trustBanner } from "./trust.js";
import { metricList, verdict } from "./verdict.js";

/** The number of rows in the table. */
const maxTableRows = 200;

/** What the step shows; null while there are no results. */
let view = null;
let abortController = null;

export function start() {
  on("model", update);
  on("data", update);
  onNavigation((names) => {
    if (!view) return;
    if (names.has("threshold")) view.chart.setThreshold(thresholdParameter());
    if (names.has("rows")) view.showRows();
    if (names.has("event")) view.selectParameter();
  });
}

/** The threshold that the URL has, as a score; null for the model's. */
const thresholdParameter = () => Number(parameter("threshold")) || null;

const update = debounce(() => {
  abortController?.abort();
  abortController = new AbortController();
  const { signal } = abortController;
  const { model } = state;
  clear();
  return reportErrors(byId("results-problem"), async () => {
    if (!state.data || !model) return;
    setHint(`Scoring ${state.data.name} with ${model.model} …`);
    try {
      // The rows as the model reads them: its features in its order, its differences.
      const [report, scores, reconstructions] = await Promise.all([
        fetchReport(inspectRequest(state.data.source, { model }), { signal }),
        fetchScores(scoreRequest(model, null), { signal }),
        hasReconstruction(model) ? fetchDecoded("reconstructions", reconstructRequest(), { signal }) : null,
      ]);
      const data = new Dataset(state.data.source, report);
      data.timestamps = scores.rows.timestamps ?? null;
      const expected = reconstructedColumns(data, model, reconstructions);
      // Between these steps, the page draws and takes input.
      await nextTask();
      if (signal.aborted) return;
      view = new ResultsView(byId("results-view"), data, model, scores, expected);
      await nextTask();
      if (signal.aborted) return;
      view.showEvents(scores);
      state.scored = { data, model };
      emit("scored");
      await view.restore(signal);
    } finally {
      if (!signal.aborted) setHint(view ? "" : idleHint);
    }
  });
}, 20);

const idleHint = "Load data, then train a model or use an existing one, to see its scores here.";

function setHint(text) {
  const hint = byId("results").querySelector(".hint");
  hint.textContent = text;
  setVisible(hint, text !== "");
}

function clear() {
  view?.remove();
  view = null;
  setHint(idleHint);
  state.scored = null;
  emit("scored");
}

/** Scores the data with a threshold, as an error; null is the model's. */
const scoreRequest = (model, threshold) =>
  loadedData().request(
    "score", queryPairs({ threshold, include: "rows,events", sort: "peak" }), { model });

/** Whether a version reconstructs windows: z-scores and k-means do not. */
const hasReconstruction = ({ architecture, detector }) => architecture !== null || detector === "pca";

/** Reconstructs windows that do not overlap, so that each row is reconstructed once. */
const reconstructRequest = () =>
  loadedData().request("reconstruct", [["stride", state.model.timesteps]], { model: state.model });

const evaluateRequest = (model, threshold) =>
  loadedData().request("evaluate", queryPairs({ threshold }), { label: "labels", model });

class ResultsView {
  constructor(host, data, model, scores, expected) {
    const names = data.features.map((column) => column.name);
    Object.assign(this, {
      host, data, model, names, scores: scores.rows.scores, modelThreshold: scores.row_threshold,
      warnings: scores.warnings, events: [], selected: null, metrics: null,
    });
    /** The width of the names beside the charts and the heat map. */
    const nameWidth = 12 + 6.5 * Math.max(...names.map((name) => name.length));
    const narrow = Math.min(Math.max(nameWidth, 72), 120);
    this.gutter = names.length < minHeatMapFeatures ? 72 : innerWidth > 760 ? 132 : narrow;
    this.inputs = data.features.map((column) => data.valuesOf(column));
    this.outputs = expected.map((rows) => data.valuesOfRows(rows));
    this.points = data.valuesOfRows(this.scores);
    this.group = new ChartGroup(data.axis, (index, chart) => this.describe(index, chart), {
      onRange: (range) => this.onRange(range),
    });
    this.banner = el("div");
    this.verdict = el("p", { class: "verdict" });
    this.summary = el("p", { class: "summary muted", role: "status" });
    this.metricsHost = el("div", { class: "figures" });
    const [chartHost, eventHost, featureHost] = [el("div"), el("div"), el("div")];
    const threshold = () => this.threshold && this.threshold * this.modelThreshold;
    host.replaceChildren(
      this.verdict, this.summary, this.metricsHost, this.banner,
      el(
        "div", { class: "results-grid" },
        el("div", { class: "score-area" }, chartHost, this.group.toolbar),
        el("div", { class: "event-area" }, eventHost), el("div", { class: "feature-area" }, featureHost)),
      tableDetails(() => this.table()),
      el(
        "div", { class: "buttons" }, curlButton("score", () => scoreRequest(model, threshold())),
        curlButton("reconstruct", reconstructRequest),
        data.hasLabels ? curlButton("evaluate", () => evaluateRequest(model, threshold())) : []));
    setVisible(host);
    byId("results-of").textContent = `${data.name}, scored with ${model.model}, version ${model.version}`;
    this.chart = new ScoreChart(chartHost, this, {
      onMove: (threshold) => this.showCount(threshold),
      onChange: (threshold) => this.changeThreshold(threshold),
    });
    this.list = new EventList(eventHost, this, {
      onSelect: (event) => this.select(event, { isZoomed: true }),
      actions: (event) => feedbackActions(event, this),
    });
    this.contributions = new Contributions(featureHost, this);
  }

  /** The threshold that the user has set, as a score; null for the model's. */
  get threshold() {
    return this.chart.threshold;
  }

  /** Takes over the state in the URL, and evaluates the scores if there are labels. */
  async restore(signal) {
    this.showRows();
    const threshold = thresholdParameter();
    if (threshold) this.chart.setThreshold(threshold);
    else if (this.data.hasLabels) await this.evaluate(signal);
  }

  /** What the crosshair shows. */
  describe(index, chart) {
    const { data, names, inputs, outputs } = this;
    const pairs = [
      [data.rowLabel(data.rowOfIndex(index)), null], ["score", formatNumber(this.points[index])],
    ];
    const features = chart.featureAt?.(index) ?? this.contributions.featuresAt(index);
    for (const feature of features) {
      const [actual, expected] = [inputs, outputs].map((values) => formatNumber(values[feature][index]));
      pairs.push([names[feature], expected === "–" ? actual : `${actual} (expected ${expected})`]);
    }
    if (chart.contributionAt && features.length === 1) {
      pairs.push(["contribution", formatNumber(chart.contributionAt(features[0], index))]);
    }
    return pairs;
  }

  /** Writes the range of rows that the user has zoomed to into the URL. */
  onRange(range) {
    if (!range) return setParameters({ rows: null });
    const rows = this.group.visible.map((index) => this.data.rowOfIndex(index));
    return setParameters({ rows: rows.join("-") });
  }

  /** Shows the range of rows that the URL has. */
  showRows() {
    const rows = /^(\d+)-(\d+)$/.exec(parameter("rows") ?? "")?.slice(1).map(Number);
    const isValid = rows && rows[0] < rows[1] && rows[1] < this.data.rows;
    this.group.setRange(isValid ? this.rangeOf(rows) : this.group.fullRange);
  }

  rangeOf(rows) {
    return this.data.indicesOfRows(rows).map((index) => this.data.axis.values[index]);
  }

  /** Scores the data with another threshold. */
  changeThreshold(threshold) {
    setParameters({ threshold: threshold === null ? null : Number(threshold.toPrecision(4)) });
    this.fetchEvents(threshold);
  }

  fetchEvents = debounce((threshold) =>
    reportErrors(byId("results-problem"), async () => {
      const error = threshold === null ? null : threshold * this.modelThreshold;
      const scores = await fetchScores(scoreRequest(this.model, error));
      if (view !== this || this.threshold !== threshold) return;
      this.showEvents(scores);
      if (this.data.hasLabels) await this.evaluate();
    }), 150);

  /** Shows the events, which are sorted by severity. */
  showEvents({ events, row_threshold, calibration_rows: calibrationRows, mode }) {
    // Peak scores are relative to the threshold of the request.
    const factor = row_threshold / this.modelThreshold;
    this.events = events.map((event) => ({ ...event, peak_score: event.peak_score * factor }));
    this.calibration = { count: calibrationRows, unit: mode === "causal" ? "window" : "row" };
    this.verdict.textContent = verdict(this);
    this.showCount(this.threshold ?? 1);
    this.selectParameter();
    this.showTrust();
  }

  /** Selects the event that the URL names by its peak row, or the worst. */
  selectParameter() {
    const row = parameter("event");
    const named = row !== null
      && this.events.find(({ first_row, last_row }) => first_row <= Number(row) && Number(row) <= last_row);
    this.select(named || this.events[0] || null, { isZoomed: false });
  }

  select(event, { isZoomed }) {
    this.selected = event;
    if (isZoomed) {
      setParameters({ event: event.peak_row }, { isStep: true });
      this.zoomTo(event);
    }
    this.list.update();
    this.chart.mark();
    this.contributions.update();
  }

  /** Zooms to an event and a part of what is before and after it. */
  zoomTo({ first_row, last_row }) {
    const margin = Math.max(2 * (last_row - first_row + 1), 5 * this.model.timesteps, 20);
    this.group.show(
      this.rangeOf([Math.max(first_row - margin, 0), Math.min(last_row + margin, this.data.rows - 1)]));
  }

  countAbove(threshold) {
    let count = 0;
    for (const score of this.scores) if (score > threshold) count++;
    return count;
  }

  /** Says how many rows are above a threshold, as a score. */
  showCount(threshold) {
    const above = this.countAbove(threshold);
    const share = (100 * above) / this.data.rows;
    const limit = threshold === 1 ? "the threshold, 1" : `the threshold ${formatNumber(threshold)}`;
    this.summary.textContent = `${formatCount(above)} of ${formatCount(this.data.rows)} rows `
      + `(${formatNumber(Number(share.toPrecision(2)))} %) score above ${limit}.`;
  }

  async evaluate(signal) {
    const error = this.threshold && this.threshold * this.modelThreshold;
    const metrics = await fetchJSON(evaluateRequest(this.model, error), { signal });
    if (view !== this) return;
    // Scores are relative to the threshold of the request.
    const factor = this.threshold ?? 1;
    this.metrics = metrics;
    this.metricsHost.replaceChildren(...metricList(metrics, metrics.best && {
      threshold: metrics.best.threshold * factor,
      apply: () => this.chart.setThreshold(metrics.best.threshold * factor),
    }));
    this.verdict.textContent = verdict(this);
    this.showTrust();
  }

  showTrust() {
    const flagged = this.countAbove(1) / this.data.rows;
    const action = calibrateAction(this);
    const { metrics, warnings } = this;
    const isTrained = this.chart.trainedRows !== null;
    const banner = trustBanner({ flagged, metrics, warnings, isTrained, action });
    this.banner.replaceChildren(...(banner ? [banner] : []));
  }

  table() {
    const { data, points, inputs, outputs, names } = this;
    const rows = Math.min(points.length, maxTableRows);
    return table(
      rows < points.length ? `First ${rows} of ${formatCount(points.length)} points` : "All rows",
      ["Row", "Score", "Error", ...names.flatMap((name) => [name, `${name} (expected)`])],
      Array.from({ length: rows }, (_, row) => [
        data.rowLabel(data.rowOfIndex(row)), formatNumber(points[row]),
        formatNumber(points[row] * this.modelThreshold),
        ...names.flatMap((_, index) => [formatNumber(inputs[index][row]), formatNumber(outputs[index][row])]),
      ]));
  }

  remove() {
    this.contributions.remove();
    this.group.clear();
    setVisible(this.host, false);
    byId("results-of").textContent = "";
    this.host.replaceChildren();
  }
}

/**
 * The reconstructed values by feature and row, `[F][rows]`, from windows that do not overlap; NaN where there
 * is none. `reconstructions` may be null.
 */
function reconstructedColumns(data, model, reconstructions) {
  const columns = Array.from({ length: model.features }, () => new Float64Array(data.rows).fill(NaN));
  if (!reconstructions) return columns;
  const { shape: [, timesteps, features], values } = reconstructions;
  data.windowStarts(model.timesteps, "sliding", model.timesteps).forEach((start, window) => {
    for (let step = 0; step < timesteps; step++) {
      const offset = (window * timesteps + step) * features;
      for (let feature = 0; feature < features; feature++) {
        columns[feature][start + step] = values[offset + feature];
      }
    }
  });
  return columns;
}
