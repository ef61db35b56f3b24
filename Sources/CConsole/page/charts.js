// Line charts over rows or epochs, drawn by dygraphs, and groups of charts that share a zoom range and a
// readout.

import { el, formatNumber } from "./dom.js";

const { Dygraph } = globalThis;
// The legend plugin sets style attributes and the range selector holds a data: image. The page's
// Content-Security-Policy forbids both.
Dygraph.PLUGINS = [Dygraph.Plugins.Axes, Dygraph.Plugins.Grid];

// Without dygraphs' touch handlers, a finger that moves over a chart scrolls the page.
const { touchstart, touchmove, touchend, ...mouseHandlers } = Dygraph.defaultInteractionModel;

/** The charts on the page, which are redrawn when the colour scheme changes. */
const charts = new Set();
/** Draws the charts of a view when it is shown: a hidden chart has no size. */
const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const chart = [...charts].find(({ plot }) => plot === target);
    if (chart && contentRect.width > 0 && contentRect.width !== chart.dygraph.size().width) {
      chart.dygraph.resize();
    }
  }
});
const darkScheme = matchMedia("(prefers-color-scheme: dark)");
darkScheme.addEventListener("change", () => charts.forEach((chart) => chart.updateColours()));

/** The current value of a colour of the style sheet. */
export const colour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** The name of the colour of the nth series. */
export const seriesColour = (index) => `series-${(index % 8) + 1}`;

/** A label formatter for an axis, with enough digits to distinguish neighbouring labels. */
const axisLabelFormatter = (rangeOf) => (value, granularity, options, dygraph) => {
  const [minimum, maximum] = rangeOf(dygraph);
  return formatNumber(value, Math.max(Math.abs(minimum), Math.abs(maximum)) / ((maximum - minimum) / 200));
};

/** A legend for the colours of a chart's lines and of its marked intervals; both are `[colour, name]`. */
export const legend = (lines, intervals = []) =>
  el(
    "p", { class: "legend" },
    lines.map(([colour, name]) => el("span", { class: `key key-${colour}` }, name)),
    intervals.map(([colour, name]) => el("span", { class: `key block muted key-${colour}` }, name)));

export class LineChart {
  /**
   * `series` are `{name, colour, width, pattern}`, `axis` is that of a Dataset, and `columns` holds one array
   * of values for each series. `description` is the chart's aria-label.
   */
  constructor(
    host,
    {
      series, axis, columns, description, height = "medium", range = null, isLogarithmic = false,
      group = null,
    },
  ) {
    this.series = series;
    this.axis = axis;
    this.marks = [];
    this.group = group;
    this.plot = el("div", { class: `plot ${height}`, role: "img", "aria-label": description });
    // Elements laid over the chart go into the frame: assistive technology ignores the children of an image.
    this.frame = el("div", { class: "frame" }, this.plot);
    host.append(this.frame);
    this.dygraph = new Dygraph(this.plot, this.rows(columns), {
      // dygraphs uses labels as keys of objects, so the names of columns, which may be any text, are not used
      // here.
      labels: ["x", ...series.map((_, index) => `y${index}`)],
      labelsUTC: true,
      legend: "never",
      interactionModel: mouseHandlers,
      animatedZooms: false,
      connectSeparatedPoints: false,
      highlightCircleSize: 3,
      axisLabelFontSize: 12,
      xRangePad: 4,
      logscale: isLogarithmic,
      valueRange: range,
      axes: {
        y: {
          axisLabelWidth: 72, axisLabelFormatter: axisLabelFormatter((dygraph) => dygraph.yAxisRange()),
          pixelsPerLabel: 26,
        },
        x: axis.kind === "date" ? { axisLabelWidth: 64 } : {
          axisLabelFormatter: axisLabelFormatter((dygraph) => dygraph.xAxisRange()),
          // Unix timestamps need wider labels.
          ...(axis.values.at(-1) >= 1e6 ? { axisLabelWidth: 96, pixelsPerLabel: 100 } : {}),
        },
      },
      series: Object.fromEntries(series.map((line, index) =>
        [`y${index}`, { strokeWidth: line.width ?? 1.5, strokePattern: line.pattern ?? null }])),
      underlayCallback: (context, area, dygraph) => this.drawMarks(context, area, dygraph),
      drawCallback: (dygraph, isFirst) => this.onDraw?.(isFirst),
      zoomCallback: (from, to) => this.group?.setRange([from, to]),
      highlightCallback: (event, x, points, row) => this.group?.showRow(row, this),
      unhighlightCallback: () => this.group?.showRow(null),
      ...this.colourOptions(),
    });
    charts.add(this);
    sizes.observe(this.plot);
    group?.add(this);
  }

  /** The rows that dygraphs draws: `[x, y0, y1, …]`, with null for a missing value. */
  rows(columns) {
    const x = this.axis.values;
    const xOf = this.axis.kind === "date" ? (row) => new Date(x[row]) : (row) => x[row];
    const definedOrNull = (value) => (value == null || Number.isNaN(value) ? null : value);
    return Array.from(
      { length: x.length }, (_, row) => [xOf(row), ...columns.map((values) => definedOrNull(values[row]))]);
  }

  /** Replaces the values and the axis. */
  update(columns, axis, isLogarithmic) {
    this.axis = axis;
    this.dygraph.updateOptions({ file: this.rows(columns), logscale: isLogarithmic });
  }

  /** Sets the y range, `[minimum, maximum]` or null for all values, and whether the y axis is logarithmic. */
  setValueRange(range, isLogarithmic) {
    this.dygraph.updateOptions({ valueRange: range, logscale: isLogarithmic });
  }

  colourOptions() {
    return {
      colors: this.series.map((line) => colour(line.colour)),
      gridLineColor: colour("line"),
      axisLineColor: colour("line"),
    };
  }

  updateColours() {
    this.dygraph.updateOptions(this.colourOptions());
  }

  /** Marks intervals of rows: `{rows: [first, last], colour}`. */
  setMarks(marks) {
    if (!marks.length && !this.marks.length) return;
    this.marks = marks;
    this.dygraph.updateOptions({});
  }

  drawMarks(context, area, dygraph) {
    const x = this.axis.values;
    for (const { rows: [first, last], colour: name } of this.marks) {
      // Half a row is added on either side, so that a single row is visible.
      const from = dygraph.toDomXCoord((x[first] + x[Math.max(first - 1, 0)]) / 2);
      const to = dygraph.toDomXCoord((x[last] + x[Math.min(last + 1, x.length - 1)]) / 2);
      const left = Math.max(from, area.x);
      const right = Math.min(Math.max(to, from + 3), area.x + area.w);
      context.fillStyle = colour(name);
      if (right > left) context.fillRect(left, area.y, right - left, area.h);
    }
  }

  setRange(range) {
    this.dygraph.updateOptions({ dateWindow: range });
  }

  destroy() {
    charts.delete(this);
    sizes.unobserve(this.plot);
    this.dygraph.destroy();
    this.frame.remove();
  }
}

/** Charts over the same rows. The mouse and the buttons of `toolbar` zoom all of them. */
export class ChartGroup {
  /** `describe` returns the readout for a row and the chart under the pointer. */
  constructor(axis, describe) {
    this.charts = [];
    this.fullRange = [axis.values[0], axis.values.at(-1)];
    this.range = this.fullRange;
    this.describe = describe;
    this.readout = el("p", { class: "readout muted", "aria-hidden": "true" }, this.hint);
    const button = (label, symbol, change) =>
      el("button", {
        type: "button", class: "icon", "aria-label": label, title: label,
        click: () => this.changeRange(...change),
      }, symbol);
    this.toolbar = el(
      "div", { class: "toolbar" }, this.readout,
      el(
        "div", { role: "group", "aria-label": "Zoom", class: "buttons" },
        button("Zoom in", "+", [0.5, 0]), button("Zoom out", "−", [2, 0]), button("Earlier", "‹", [1, -0.5]),
        button("Later", "›", [1, 0.5]), button("Show all", "⤢", [Infinity, 0])));
  }

  get hint() {
    return matchMedia("(hover: hover)").matches ? "Drag across a chart to zoom in." : "";
  }

  add(chart) {
    this.charts.push(chart);
  }

  /** Sets the x range of all charts, limited to the full range. */
  setRange([from, to]) {
    const width = Math.min(to - from, this.fullRange[1] - this.fullRange[0]);
    const start = Math.min(Math.max(from, this.fullRange[0]), this.fullRange[1] - width);
    this.range = [start, start + width];
    for (const chart of this.charts) chart.setRange(this.range);
  }

  /** Multiplies the width of the x range by `factor` and shifts its centre by `shift` times the old width. */
  changeRange(factor, shift) {
    const [from, to] = this.range;
    const half = Math.min(((to - from) / 2) * factor, (this.fullRange[1] - this.fullRange[0]) / 2);
    const centre = (from + to) / 2 + shift * (to - from);
    this.setRange([centre - half, centre + half]);
  }

  /** Shows the readout for a row, or the hint if `row` is null. */
  showRow(row, chart) {
    this.readout.textContent = row === null ? this.hint : this.describe(row, chart);
  }

  clear() {
    for (const chart of this.charts) chart.destroy();
    this.charts = [];
  }
}
