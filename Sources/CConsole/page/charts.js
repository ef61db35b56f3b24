// Lines over time, drawn by dygraphs, and what several of them share: the stretch that is shown and what the pointer is at.

import { el, figure } from "./dom.js";

const { Dygraph } = globalThis;
// Its legend sets style attributes and its range selector has a picture inside, which the page's policy forbids.
Dygraph.PLUGINS = [Dygraph.Plugins.Axes, Dygraph.Plugins.Grid];

// A finger that moves over a chart scrolls the page.
const { touchstart, touchmove, touchend, ...mouse } = Dygraph.defaultInteractionModel;

const live = new Set();
const scheme = matchMedia("(prefers-color-scheme: dark)");
scheme.addEventListener("change", () => live.forEach((chart) => chart.recolour()));

/** A colour of the style sheet as it is now. */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** The colour of the nth of several series. */
export const seriesColour = (index) => `series-${(index % 8) + 1}`;

/** What the colours of a chart stand for: of its lines, and of the stretches that are marked. */
export const legend = (lines, stretches = []) =>
  el(
    "p", { class: "chart-title" },
    lines.map(([colour, name]) => el("span", { class: `key key-${colour}` }, name)),
    stretches.map(([colour, name]) => el("span", { class: `key block soft key-${colour}` }, name)));

export class LineChart {
  /**
   * `series` are `{name, colour, width, pattern}`, `axis` is a Dataset's, `columns` has an array of values for each series.
   * `text` says to those who can't see it what it shows.
   */
  constructor(host, { series, axis, columns, text, height = "medium", range = null, isLogarithmic = false, group = null }) {
    this.series = series;
    this.axis = axis;
    this.marks = [];
    this.group = group;
    this.plot = el("div", { class: `plot ${height}`, role: "img", "aria-label": text });
    // What is laid over the chart isn't part of the picture.
    this.frame = el("div", { class: "frame" }, this.plot);
    host.append(this.frame);
    this.dygraph = new Dygraph(this.plot, this.rows(columns), {
      labels: ["x", ...series.map((one) => one.name)],
      labelsUTC: true,
      legend: "never",
      interactionModel: mouse,
      animatedZooms: false,
      connectSeparatedPoints: false,
      highlightCircleSize: 3,
      axisLabelFontSize: 12,
      xRangePad: 4,
      logscale: isLogarithmic,
      valueRange: range,
      axes: {
        y: { axisLabelWidth: 58, axisLabelFormatter: (value) => figure(value), pixelsPerLabel: 26 },
        x: axis.kind === "date" ? { axisLabelWidth: 64 } : { axisLabelFormatter: (value) => figure(value) },
      },
      series: Object.fromEntries(series.map((one) =>
        [one.name, { strokeWidth: one.width ?? 1.5, strokePattern: one.pattern ?? null }])),
      underlayCallback: (context, area, dygraph) => this.underlay(context, area, dygraph),
      drawCallback: (dygraph, isFirst) => this.drawn?.(isFirst),
      zoomCallback: (from, to) => this.group?.show([from, to]),
      highlightCallback: (event, x, points, row) => this.group?.pointAt(row, this),
      unhighlightCallback: () => this.group?.pointAt(null),
      ...this.colours(),
    });
    live.add(this);
    group?.add(this);
  }

  rows(columns) {
    const x = this.axis.values;
    const make = this.axis.kind === "date" ? (row) => new Date(x[row]) : (row) => x[row];
    const defined = (value) => (value == null || Number.isNaN(value) ? null : value);
    return Array.from({ length: x.length }, (_, row) => [make(row), ...columns.map((values) => defined(values[row]))]);
  }

  /** Other values, on another axis if one is given. */
  update(columns, axis = this.axis) {
    this.axis = axis;
    this.dygraph.updateOptions({ file: this.rows(columns) });
  }

  /** The range of the values that are shown: `[least, largest]`, or null for all; and whether its scale is logarithmic. */
  scale(range, isLogarithmic) {
    this.dygraph.updateOptions({ valueRange: range, logscale: isLogarithmic });
  }

  colours() {
    return {
      colors: this.series.map((one) => colour(one.colour)),
      gridLineColor: colour("line"),
      axisLineColor: colour("line"),
    };
  }

  recolour() {
    this.dygraph.updateOptions(this.colours());
  }

  /** Stretches of rows to mark: `{rows: [first, last], colour}`. */
  mark(marks) {
    this.marks = marks;
    this.dygraph.updateOptions({});
  }

  underlay(context, area, dygraph) {
    const x = this.axis.values;
    for (const { rows: [first, last], colour: name } of this.marks) {
      // Half a row to either side, so that a single row can be seen.
      const from = dygraph.toDomXCoord((x[first] + x[Math.max(first - 1, 0)]) / 2);
      const to = dygraph.toDomXCoord((x[last] + x[Math.min(last + 1, x.length - 1)]) / 2);
      const left = Math.max(from, area.x);
      const right = Math.min(Math.max(to, from + 3), area.x + area.w);
      context.fillStyle = colour(name);
      if (right > left) context.fillRect(left, area.y, right - left, area.h);
    }
  }

  show(range) {
    this.dygraph.updateOptions({ dateWindow: range });
  }

  destroy() {
    live.delete(this);
    this.dygraph.destroy();
    this.frame.remove();
  }
}

/** Charts over the same rows: zooming one zooms all, with the mouse or with the buttons of `toolbar`. */
export class ChartGroup {
  /** `describe` gives the text for a row and the chart that the pointer is in. */
  constructor(axis, describe) {
    this.charts = [];
    this.whole = [axis.values[0], axis.values.at(-1)];
    this.range = this.whole;
    this.describe = describe;
    this.readout = el("p", { class: "readout soft", "aria-hidden": "true" }, this.hint);
    const button = (label, sign, move) =>
      el("button", { type: "button", class: "icon", "aria-label": label, title: label, click: () => this.move(...move) }, sign);
    this.toolbar = el(
      "div", { class: "toolbar" }, this.readout,
      el(
        "div", { role: "group", "aria-label": "Zoom", class: "buttons" },
        button("Zoom in", "+", [0.5, 0]), button("Zoom out", "−", [2, 0]), button("Earlier", "‹", [1, -0.5]),
        button("Later", "›", [1, 0.5]), button("Show all", "⤢", [Infinity, 0])));
  }

  get hint() {
    return matchMedia("(hover: hover)").matches ? "Drag across a chart to look closer." : "";
  }

  add(chart) {
    this.charts.push(chart);
  }

  show([from, to]) {
    const width = Math.min(to - from, this.whole[1] - this.whole[0]);
    const start = Math.min(Math.max(from, this.whole[0]), this.whole[1] - width);
    this.range = [start, start + width];
    for (const chart of this.charts) chart.show(this.range);
  }

  /** Makes the stretch `scale` times as wide and moves it by a share of its width. */
  move(scale, shift) {
    const [from, to] = this.range;
    const half = Math.min(((to - from) / 2) * scale, (this.whole[1] - this.whole[0]) / 2);
    const middle = (from + to) / 2 + shift * (to - from);
    this.show([middle - half, middle + half]);
  }

  pointAt(row, chart) {
    this.readout.textContent = row === null ? this.hint : this.describe(row, chart);
  }

  clear() {
    for (const chart of this.charts) chart.destroy();
    this.charts = [];
  }
}
