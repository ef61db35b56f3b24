// The overview of all rows on which the training range is chosen: by dragging, by keys, and by fields for
// rows and times.

import { colour, seriesColour } from "./charts.js";
import { el, formatCount } from "./dom.js";

/** The number of features that are drawn. */
const maxFeatures = 8;
/** The steps of keys, as shares of the rows; the arrows move by one row or a hundredth. */
const keySteps = {
  ArrowLeft: -0.01, ArrowDown: -0.01, ArrowRight: 0.01, ArrowUp: 0.01, PageDown: -0.1, PageUp: 0.1,
  Home: -1, End: 1,
};
const darkScheme = matchMedia("(prefers-color-scheme: dark)");
/** The overview on the page. */
let latest = null;
darkScheme.addEventListener("change", () => latest?.draw());
const sizes = new ResizeObserver(() => latest?.draw());

export class Overview {
  /** `onChange` gets the range that the user has chosen, `[first, last]`. */
  constructor(data, onChange) {
    Object.assign(this, { data, onChange, range: [0, data.rows - 1] });
    this.canvas = el("canvas", { role: "img", "aria-label": this.description() });
    this.outside = [el("div", { class: "outside" }), el("div", { class: "outside" })];
    this.handles = ["First row of the training range", "Last row of the training range"].map(
      (name, side) => el("div", {
        class: "range-handle", role: "slider", tabindex: "0", "aria-label": name,
        keydown: (event) => this.handleKey(event, side),
        pointerdown: (event) => this.drag(event, this.range[1 - side], event.currentTarget),
      }));
    this.plot = el(
      "div", { class: "overview", pointerdown: (event) => this.drag(event, null, this.plot) },
      this.canvas, this.outside, this.handles);
    this.fields = [0, 1].flatMap((side) => this.makeFields(side));
    this.node = el("div", {}, this.plot, el("div", { class: "range-fields" }, this.fields));
    latest = this;
    sizes.disconnect();
    sizes.observe(this.plot);
  }

  description() {
    const { features, rows } = this.data;
    const names = features.slice(0, maxFeatures).map((column) => column.name).join(", ");
    return `Overview of ${formatCount(rows)} rows: ${names}.`;
  }

  /** Fields for the row, and for the time if there are times, of one side of the range. */
  makeFields(side) {
    const word = side === 0 ? "From" : "To";
    const row = el("input", {
      type: "number", min: "0", max: String(this.data.rows - 1), step: "1", class: "short",
      change: () => this.setSide(side, row.valueAsNumber),
    });
    const time = this.data.report.preview.times && el("input", {
      type: "text", spellcheck: "false", autocomplete: "off",
      change: () => this.setSide(side, this.rowAtTime(time.value.trim(), side)),
    });
    this.inputs = [...(this.inputs ?? []), { row, time }];
    return [
      el("label", {}, `${word} row`, row), time ? el("label", {}, `${word} time`, time) : null,
    ].filter(Boolean);
  }

  /** The row at a time: the first at or after it, or the last at or before it. NaN if the text is no time. */
  rowAtTime(text, side) {
    const { times } = this.data.report.preview;
    const zoned = /[zZ]$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(" ", "T")}Z`;
    const seconds = text !== "" && Number.isFinite(Number(text)) ? Number(text) : Date.parse(zoned) / 1000;
    if (Number.isNaN(seconds)) return NaN;
    const point = side === 0
      ? times.findIndex((time) => time >= seconds) : times.findLastIndex((time) => time <= seconds);
    return point < 0 ? NaN : point * this.data.rowsPerPoint;
  }

  /** Sets the range from outside; null means all rows. */
  setRange(range) {
    this.range = range ?? [0, this.data.rows - 1];
    this.update();
  }

  update() {
    const { data: { rows }, range } = this;
    const edges = [range[0] / rows, (range[1] + 1) / rows];
    this.outside[0].style.width = `${100 * edges[0]}%`;
    this.outside[1].style.width = `${100 * (1 - edges[1])}%`;
    range.forEach((row, side) => {
      const handle = this.handles[side];
      handle.style.left = `${100 * edges[side]}%`;
      handle.setAttribute("aria-valuemin", "0");
      handle.setAttribute("aria-valuemax", String(rows - 1));
      handle.setAttribute("aria-valuenow", String(row));
      handle.setAttribute("aria-valuetext", this.labelOf(row));
      this.inputs[side].row.value = String(row);
      if (this.inputs[side].time) this.inputs[side].time.value = this.timeOf(row) ?? "";
    });
  }

  labelOf(row) {
    const time = this.timeOf(row);
    return `row ${row}${time === null ? "" : `, ${time}`}`;
  }

  /** The timestamp of a row, or of the point that holds it. */
  timeOf(row) {
    const { report: { preview: { timestamps } }, rowsPerPoint } = this.data;
    return timestamps ? String(timestamps.at(Math.floor(row / rowsPerPoint))) : null;
  }

  setSide(side, row) {
    if (!Number.isFinite(row)) return this.update();
    const range = [...this.range];
    const limits = side === 0 ? [0, range[1]] : [range[0], this.data.rows - 1];
    range[side] = Math.min(Math.max(Math.round(row), limits[0]), limits[1]);
    this.setRange(range);
    return this.onChange(range);
  }

  handleKey(event, side) {
    const share = keySteps[event.key];
    if (share === undefined) return;
    event.preventDefault();
    const step = event.shiftKey ? Math.sign(share) : Math.sign(share) * Math.max(
      1, Math.round(Math.abs(share) * this.data.rows));
    this.setSide(side, this.range[side] + step);
  }

  /** Drags one end of the range; the other stays at the row `fixed`, or at where the drag began. */
  drag(event, fixed, target) {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    target.setPointerCapture(event.pointerId);
    if (target !== this.plot) target.focus();
    const box = this.plot.getBoundingClientRect();
    const { rows } = this.data;
    const rowAt = (x) =>
      Math.min(Math.max(Math.round(((x - box.left) / box.width) * (rows - 1)), 0), rows - 1);
    const before = this.range;
    const anchor = fixed ?? rowAt(event.clientX);
    const move = ({ clientX }) => {
      // A click without a drag changes nothing.
      if (fixed === null && Math.abs(clientX - event.clientX) < 4) return;
      this.setRange([anchor, rowAt(clientX)].sort((a, b) => a - b));
    };
    const end = () => {
      target.removeEventListener("pointermove", move);
      if (this.range !== before) this.onChange(this.range);
    };
    target.addEventListener("pointermove", move);
    target.addEventListener("lostpointercapture", end, { once: true });
  }

  /** Draws the features, each in a lane of its own, over the labelled anomalies. */
  draw() {
    const { clientWidth: width, clientHeight: height } = this.plot;
    if (!width) return;
    const ratio = devicePixelRatio;
    Object.assign(this.canvas, { width: width * ratio, height: height * ratio });
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    const { rows } = this.data;
    context.fillStyle = colour("label");
    for (const [first, last] of this.data.labelledIntervals()) {
      const left = (first / rows) * width;
      context.fillRect(left, 0, Math.max(((last + 1) / rows) * width - left, 1), height);
    }
    const drawn = this.data.features.slice(0, maxFeatures);
    drawn.forEach((column, index) => this.drawFeature(
      context, column, colour(seriesColour(index)), width,
      [2 + (index * (height - 4)) / drawn.length, (height - 4) / drawn.length - 2]));
  }

  /** Draws a feature in a lane: its top and its height. */
  drawFeature(context, { minimum, maximum }, stroke, width, [top, height]) {
    const [lowest, highest] = extremes(minimum, maximum, 0, minimum.length);
    const y = (value) => top + height * (1 - (value - lowest) / (highest - lowest || 1));
    context.strokeStyle = stroke;
    context.lineWidth = 1;
    context.beginPath();
    if (minimum.length < width) {
      const place = (point) => ((point + 0.5) / minimum.length) * width;
      minimum.forEach((value, point) => context.lineTo(place(point), y(value)));
      context.stroke();
      return;
    }
    // Each pixel has a line from the least to the greatest value of its points.
    for (let pixel = 0; pixel < width; pixel++) {
      const from = Math.floor((pixel / width) * minimum.length);
      const to = Math.max(Math.floor(((pixel + 1) / width) * minimum.length), from + 1);
      const [low, high] = extremes(minimum, maximum, from, to);
      if (low > high) continue;
      context.lineTo(pixel + 0.5, y(high));
      context.lineTo(pixel + 0.5, y(low));
    }
    context.stroke();
  }
}

/** The least of `minimum` and the greatest of `maximum` in a range of points; infinite without values. */
function extremes(minimum, maximum, from, to) {
  let [low, high] = [Infinity, -Infinity];
  for (let point = from; point < to; point++) {
    // Missing values are null or NaN.
    if (minimum[point] !== null && minimum[point] < low) low = minimum[point];
    if (maximum[point] !== null && maximum[point] > high) high = maximum[point];
  }
  return [low, high];
}
