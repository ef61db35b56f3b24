// A heat map of the features over time: the contribution of each to the score. In a column of pixels, the
// largest contribution is drawn, so that no peak is lost.

import { minDrag } from "./chartgroup.js";
import { colour } from "./charts.js";
import { loadedData } from "./dataset.js";
import { fetchDecoded } from "./decoding.js";
import { scheduleDrawing } from "./drawing.js";
import { byId, el } from "./dom.js";
import { reportErrors } from "./problems.js";
import { lowerBound } from "./sampling.js";

/** The height of a feature's row, in pixels: fingers need more. */
const rowHeight = matchMedia("(pointer: coarse)").matches ? 22 : 16;
/** The number of features and windows up to which each window is asked for. */
const maxCells = 500_000;
/**
 * The contributions from which on a colour is used. At 1, a feature alone brings the score to the threshold.
 */
const levels = [
  [0.05, "heat-0"], [0.15, "heat-1"], [0.3, "heat-2"], [0.6, "heat-3"], [1, "hot-0"], [10, "hot-1"],
  [100, "hot-2"],
];
/** The number of features that are shown at first. */
const firstRows = 16;

export class HeatMap {
  /**
   * `onOpen` gets the feature whose row the user clicks. `onLoad` is called when the contributions are known.
   */
  constructor(host, results, { onOpen, onLoad }) {
    Object.assign(this, { results, onOpen, onLoad, order: [], contributions: null, limit: firstRows });
    const { data, model, names, gutter } = results;
    const windows = data.rows - model.timesteps + 1;
    this.stride = Math.max(1, Math.ceil((windows * names.length) / maxCells));
    const description = "Contribution of each feature to the score over time";
    this.canvas = el("canvas", { role: "img", "aria-label": description });
    this.names = el("ul", { class: "heat-names" });
    this.names.style.width = `${gutter}px`;
    this.names.style.lineHeight = `${rowHeight}px`;
    this.frame = el("div", { class: "frame heat-map" }, this.names, this.canvas);
    this.note = el("p", { class: "muted heat-note" });
    this.more = el("button", { type: "button", class: "secondary", click: () => this.showAll() });
    host.append(this.note, this.frame, this.more);
    // The target of a click is the frame, which captures the pointer, and a drag ends with a click, too.
    let pressed = 0;
    this.frame.addEventListener("pointerdown", ({ clientX }) => (pressed = clientX));
    this.frame.addEventListener("click", ({ clientX, clientY }) => {
      const { left } = this.canvas.getBoundingClientRect();
      const feature = this.order[this.rowAt(clientY)];
      if (clientX >= left && Math.abs(clientX - pressed) < minDrag && feature !== undefined) onOpen(feature);
    });
    this.sizes = new ResizeObserver(() => scheduleDrawing(this));
    this.sizes.observe(this.frame);
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.onScheme = () => scheduleDrawing(this);
    this.scheme.addEventListener("change", this.onScheme);
    results.group.add(this);
    this.load();
  }

  async load() {
    const { data, model } = this.results;
    const request = loadedData().request(
      "score", [["include", "windows,features"], ["stride", this.stride]], { model });
    this.note.textContent = "Loading the contributions of the features …";
    await reportErrors(byId("results-problem"), async () => {
      const contributions = await fetchDecoded("contributions", request);
      // The contribution of a window is drawn at its middle.
      const middle = Math.floor(model.timesteps / 2);
      const starts = data.windowStarts(model.timesteps, "sliding", this.stride);
      this.x = Float64Array.from(
        starts, (start) => data.axis.values[data.indicesOfRows([start + middle, start + middle])[0]]);
      this.contributions = contributions;
    });
    const every = this.stride > 1 ? ` Every ${this.stride}th window is drawn.` : "";
    this.note.textContent = this.contributions
      ? `Contribution of each feature to the score. Select a row for its chart.${every}` : "";
    if (!this.contributions) return;
    this.note.append(el(
      "span", { class: "heat-legend" },
      levels.map(([bound, name]) => el("span", { class: `key-${name}` }, String(bound)))));
    this.onLoad();
    scheduleDrawing(this);
  }

  /** The largest contribution of a feature; 0 while it is not known. */
  peak(feature) {
    const { count, values } = this.contributions ?? { count: 0 };
    let peak = 0;
    for (let window = feature * count; window < (feature + 1) * count; window++) {
      if (values[window] > peak) peak = values[window];
    }
    return peak;
  }

  /** Shows the features in this order. */
  update(order) {
    this.order = order;
    this.showNames();
    scheduleDrawing(this);
  }

  showAll() {
    this.limit = Infinity;
    this.showNames();
    scheduleDrawing(this);
  }

  get rows() {
    return Math.min(this.limit, this.order.length);
  }

  showNames() {
    const { names } = this.results;
    this.names.replaceChildren(...this.order.slice(0, this.rows).map((feature) =>
      el("li", {}, el("button", {
        type: "button", title: names[feature], "aria-label": `Show the chart of ${names[feature]}`,
        click: () => this.onOpen(feature),
      }, names[feature]))));
    this.more.hidden = this.rows >= this.order.length;
    this.more.textContent = `Show all ${this.order.length} features in the map`;
  }

  /** The area of the cells in the frame, below that of the chart of scores; null before that is drawn. */
  get area() {
    const area = this.results.chart?.chart.area;
    return area && { x: Math.round(area.x), y: 0, w: area.w, h: this.rows * rowHeight };
  }

  rowAt(clientY) {
    return Math.floor((clientY - this.canvas.getBoundingClientRect().top) / rowHeight);
  }

  /** The feature under the pointer, for the crosshair. */
  featureAt() {
    const { pointer } = this.results.group.crosshair;
    const feature = pointer ? this.order[this.rowAt(pointer.clientY)] : undefined;
    return feature === undefined ? null : [feature];
  }

  draw() {
    const { area, rows, canvas } = this;
    if (!area || !this.frame.clientWidth) return;
    const scale = devicePixelRatio;
    const [width, height] = [Math.floor(area.w), rows * rowHeight];
    if (width < 2 || !rows) return;
    Object.assign(canvas, { width: width * scale, height: height * scale });
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px`, marginLeft: `${area.x}px` });
    if (!this.contributions) return;
    const context = canvas.getContext("2d");
    context.scale(scale, scale);
    this.drawCells(context, width);
    this.drawSelection(context, width, height);
  }

  /** The windows of each column of pixels: the first of each, and the end of the last. */
  columns(width) {
    const [from, to] = this.results.group.range;
    return Uint32Array.from(
      { length: width + 1 }, (_, column) => lowerBound(this.x, from + (column / width) * (to - from)));
  }

  drawCells(context, width) {
    const { count, values } = this.contributions;
    const bounds = this.columns(width);
    const shades = levels.map(([, name]) => colour(name));
    const background = colour("heat-none");
    this.order.slice(0, this.rows).forEach((feature, row) => {
      context.fillStyle = background;
      context.fillRect(0, row * rowHeight, width, rowHeight - 1);
      const offset = feature * count;
      let [start, shade] = [0, -1];
      const flush = (end) => {
        if (shade < 0) return;
        context.fillStyle = shades[shade];
        context.fillRect(start, row * rowHeight, end - start, rowHeight - 1);
      };
      for (let column = 0; column < width; column++) {
        let highest = 0;
        // Between two windows, the one before holds.
        const first = Math.min(bounds[column], count - 1);
        const end = Math.max(bounds[column + 1], first + 1);
        for (let window = first; window < end; window++) {
          if (values[offset + window] > highest) highest = values[offset + window];
        }
        const next = levels.findLastIndex(([bound]) => highest >= bound);
        if (next !== shade) {
          flush(column);
          [start, shade] = [column, next];
        }
      }
      flush(width);
    });
  }

  /** Frames the selected event. */
  drawSelection(context, width, height) {
    const { selected, group } = this.results;
    if (!selected) return;
    const [from, to] = this.results.rangeOf([selected.first_row, selected.last_row])
      .map((x) => group.positionOf(x, this) - this.area.x);
    context.strokeStyle = colour("text");
    context.setLineDash([3, 3]);
    const [left, right] = [Math.max(from, -2), Math.min(to, width + 2)];
    if (right < left) return;
    context.strokeRect(left + 0.5, 0.5, Math.max(right - left, 2), height - 1.5);
  }

  /** The features with the largest contributions at an index of the axis. */
  highestAt(index, number) {
    if (!this.contributions) return [];
    return this.order.map((feature) => [this.contributionAt(feature, index), feature])
      .sort(([a], [b]) => b - a).slice(0, number).map(([, feature]) => feature);
  }

  /** The contribution of a feature at an index of the axis; null if it is not known. */
  contributionAt(feature, index) {
    if (!this.contributions) return null;
    const { count, values } = this.contributions;
    const window = Math.min(lowerBound(this.x, this.results.data.axis.values[index]), count - 1);
    return values[feature * count + window];
  }

  destroy() {
    this.sizes.disconnect();
    this.scheme.removeEventListener("change", this.onScheme);
    this.frame.remove();
  }

  remove() {
    this.destroy();
  }
}
