// Line charts over rows or epochs, drawn by dygraphs. Charts over the same rows form a ChartGroup
// (chartgroup.js).

import { el, formatNumber } from "./dom.js";
import { scheduleDrawing } from "./drawing.js";
import { sample } from "./sampling.js";

const { Dygraph } = globalThis;
// The legend plugin sets style attributes and the range selector holds a data: image. The page's
// Content-Security-Policy forbids both.
Dygraph.PLUGINS = [Dygraph.Plugins.Axes, Dygraph.Plugins.Grid];

/** The height of a mark at an edge of a chart, in pixels. */
const barHeight = 6;

/** The distance of the labels of the x axis, in pixels, below the lowest label of the y axis. */
const axisTickSize = 6;

/** The charts on the page, by their plots. */
const charts = new Map();
matchMedia("(prefers-color-scheme: dark)")
  .addEventListener("change", () => charts.forEach((chart) => chart.updateColours()));
/** Draws a chart that is shown for the first time, or at another width. */
const sizes = new ResizeObserver((entries) =>
  entries.forEach(({ target }) => charts.get(target)?.onResize()));

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

/** The ticks of a logarithmic axis: powers of ten, and their double and fivefold where there are few. */
function logarithmicTicks(minimum, maximum, pixels) {
  const [from, to] = [Math.log10(minimum), Math.log10(maximum)];
  const ticks = (every, factors) => {
    const values = [];
    for (let power = Math.ceil(from / every - 1) * every; power <= to; power += every) {
      for (const factor of factors) values.push(factor * 10 ** power);
    }
    return values.filter((value) => value >= minimum && value <= maximum);
  };
  const every = Math.max(1, Math.ceil(((to - from) * 26) / pixels));
  const values = to - from < 2 ? ticks(1, [1, 2, 5]) : ticks(every, [1]);
  return values.map((v) => ({ v, label: formatNumber(v) }));
}

export class LineChart {
  /**
   * `series` are `{name, colour, width, pattern}`, `axis` is that of a Dataset, and `columns` holds one array
   * of values for each series. `description` is the chart's aria-label. `gutter` is the width of the labels
   * of the y axis.
   */
  constructor(
    host,
    {
      series, axis, columns, description, height = "medium", range = null, isLogarithmic = false,
      group = null, gutter = 72,
    },
  ) {
    Object.assign(this, { series, axis, columns, range, isLogarithmic, group, gutter, marks: [] });
    this.dygraph = null;
    this.plot = el("div", { class: `plot ${height}`, role: "img", "aria-label": description });
    // Elements laid over the chart go into the frame: assistive technology ignores the children of an image.
    this.frame = el("div", { class: "frame" }, this.plot);
    host.append(this.frame);
    charts.set(this.plot, this);
    sizes.observe(this.plot);
    group?.add(this);
    scheduleDrawing(this);
  }

  /** The x range that is shown. */
  get xRange() {
    return this.group?.range ?? [this.axis.values[0], this.axis.values.at(-1)];
  }

  /** The position of the area of the lines in the frame, `{x, y, w, h}`; null before it is drawn. */
  get area() {
    return this.dygraph?.getArea() ?? null;
  }

  /** The rows that dygraphs draws: `[x, y0, y1, …]`, with null for a missing value. */
  rows() {
    const { x, columns } = sample(this.axis.values, this.columns, this.xRange, this.plot.clientWidth);
    const xOf = this.axis.kind === "date" ? (value) => new Date(value) : (value) => value;
    const definedOrNull = (value) => (value == null || Number.isNaN(value) ? null : value);
    this.plot.dataset.points = String(x.length);
    return x.map((value, row) => [xOf(value), ...columns.map((values) => definedOrNull(values[row]))]);
  }

  /** Draws the chart; `scheduleDrawing` calls it. A chart that is hidden is drawn when it is shown. */
  draw() {
    if (!this.plot.clientWidth) return;
    this.drawnWidth = this.plot.clientWidth;
    const options = {
      file: this.rows(), dateWindow: this.group ? this.xRange : null, valueRange: this.range,
      logscale: this.isLogarithmic, ...this.colourOptions(),
    };
    if (this.dygraph) this.dygraph.updateOptions(options);
    else this.create(options);
    this.group?.onChartDrawn(this);
    this.onDraw?.();
  }

  create({ file, ...options }) {
    const { series, axis } = this;
    this.dygraph = new Dygraph(this.plot, file, {
      // dygraphs uses labels as keys of objects, so the names of columns, which may be any text, are not used
      // here.
      labels: ["x", ...series.map((_, index) => `y${index}`)],
      labelsUTC: true,
      legend: "never",
      interactionModel: {},
      animatedZooms: false,
      connectSeparatedPoints: false,
      highlightCircleSize: 0,
      axisLabelFontSize: 12,
      xRangePad: this.group ? 0 : 4,
      resizable: "passive",
      axes: {
        y: {
          axisLabelWidth: this.gutter,
          axisLabelFormatter: axisLabelFormatter((dygraph) => dygraph.yAxisRange()),
          pixelsPerLabel: this.plot.classList.contains("short") ? 18 : 26,
          ticker: (minimum, maximum, pixels, options, dygraph, values) => (this.isLogarithmic
            ? logarithmicTicks(minimum, maximum, pixels)
            : Dygraph.numericTicks(minimum, maximum, pixels, options, dygraph, values)),
        },
        x: axis.kind === "date" ? { axisLabelWidth: 64, pixelsPerLabel: 60, axisTickSize } : {
          axisTickSize,
          axisLabelFormatter: axisLabelFormatter((dygraph) => dygraph.xAxisRange()),
          ticker: (...limits) => this.xTicks(Dygraph.numericTicks(...limits)),
          // Unix timestamps need wider labels.
          ...(axis.values.at(-1) >= 1e6 ? { axisLabelWidth: 96, pixelsPerLabel: 100 }
            : { pixelsPerLabel: axis.values.at(-1) < 1e5 ? 50 : 70 }),
        },
      },
      series: Object.fromEntries(series.map((line, index) =>
        [`y${index}`, { strokeWidth: line.width ?? 1.5, strokePattern: line.pattern ?? null }])),
      underlayCallback: (context, area, dygraph) => this.drawMarks(context, area, dygraph),
      ...options,
    });
  }

  /** The ticks of an axis without dates; there are none between two rows or epochs. */
  xTicks(ticks) {
    const isWhole = this.axis.values.every(Number.isInteger);
    return isWhole ? ticks.filter(({ v }) => Number.isInteger(v)) : ticks;
  }

  onResize() {
    if (this.plot.clientWidth === this.drawnWidth) return;
    this.dygraph?.resize();
    scheduleDrawing(this);
  }

  /** Replaces the values and the axis. */
  update(columns, axis, isLogarithmic) {
    Object.assign(this, { columns, axis, isLogarithmic });
    scheduleDrawing(this);
  }

  /** Sets the y range, `[minimum, maximum]` or null for all values, and whether the y axis is logarithmic. */
  setValueRange(range, isLogarithmic) {
    Object.assign(this, { range, isLogarithmic });
    scheduleDrawing(this);
  }

  colourOptions() {
    return {
      colors: this.series.map((line) => colour(line.colour)),
      gridLineColor: colour("line"),
      axisLineColor: colour("line"),
    };
  }

  updateColours() {
    scheduleDrawing(this);
  }

  /**
   * Marks intervals of indices of the axis: `{rows: [first, last], colour, edge}`. A mark at an `edge`, `top`
   * or `bottom`, is a thin bar.
   */
  setMarks(marks) {
    if (!marks.length && !this.marks.length) return;
    this.marks = marks;
    scheduleDrawing(this);
  }

  drawMarks(context, area, dygraph) {
    const x = this.axis.values;
    for (const { rows: [first, last], colour: name, edge } of this.marks) {
      // Half a row is added on either side, so that a single row is visible.
      const from = dygraph.toDomXCoord((x[first] + x[Math.max(first - 1, 0)]) / 2);
      const to = dygraph.toDomXCoord((x[last] + x[Math.min(last + 1, x.length - 1)]) / 2);
      const left = Math.max(from, area.x);
      const right = Math.min(Math.max(to, from + 3), area.x + area.w);
      if (right <= left) continue;
      context.fillStyle = colour(name);
      const height = edge ? barHeight : area.h;
      context.fillRect(left, edge === "bottom" ? area.y + area.h - height : area.y, right - left, height);
    }
  }

  destroy() {
    charts.delete(this.plot);
    sizes.unobserve(this.plot);
    this.dygraph?.destroy();
    this.dygraph = null;
    this.frame.remove();
  }
}
