// The crosshair of a group of charts: a line at one time through all of them, and the values there beside the
// pointer. It follows the mouse, a finger, and the arrow keys.

import { scheduleDrawing } from "./drawing.js";
import { el } from "./dom.js";

/** The steps that a key moves the crosshair by. */
const keySteps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -20, PageUp: 20 };

/** The distance of the values from the pointer, in pixels. */
const distance = 14;

export class Crosshair {
  constructor(group) {
    Object.assign(this, { group, index: null, chart: null, pointer: null });
    this.box = el("div", { class: "crosshair-values", "aria-hidden": "true", hidden: true });
    /** The line of each chart. */
    this.lines = new Map();
    this.slider = el("div", {
      class: "crosshair-slider", role: "slider", tabindex: "0", "aria-label": "Crosshair",
      "aria-valuemin": "0", "aria-valuemax": String(group.axis.values.length - 1), "aria-valuenow": "0",
      "aria-valuetext": "", keydown: (event) => this.onKey(event), focus: () => this.onFocus(),
      blur: () => this.hide(),
    });
    document.body.append(this.box);
    // What a finger has left on the screen goes with the next touch elsewhere, and when the page scrolls.
    this.listening = new AbortController();
    const { signal } = this.listening;
    addEventListener(
      "pointerdown", ({ target }) => target.closest?.(".interactive") || this.hide(), { signal });
    addEventListener("scroll", () => this.pointer && this.hide(), { signal, passive: true });
  }

  /** The chart whose frame has the slider for the keyboard: the first. */
  get firstChart() {
    return this.group.charts[0];
  }

  /** Shows the crosshair at an index of the axis. */
  show(index, chart, pointer = null) {
    Object.assign(this, { index, chart, pointer });
    this.scheduleUpdate();
  }

  hide() {
    if (this.index === null) return;
    this.index = null;
    this.scheduleUpdate();
  }

  scheduleUpdate() {
    scheduleDrawing(this);
  }

  draw() {
    const { group, index } = this;
    if (this.firstChart && !this.slider.isConnected) this.firstChart.frame.append(this.slider);
    this.box.hidden = index === null;
    for (const chart of group.charts) this.drawLine(chart);
    for (const [chart, line] of this.lines) {
      if (!group.charts.includes(chart)) {
        line.remove();
        this.lines.delete(chart);
      }
    }
    if (index === null || !this.chart?.area) return;
    const pairs = group.describe(index, this.chart);
    const line = (name, value) =>
      el("div", {}, el("span", {}, name), el("span", { class: "value" }, value));
    this.box.replaceChildren(
      ...pairs.map(([name, value]) => (value === null ? el("strong", {}, name) : line(name, value))));
    this.slider.setAttribute("aria-valuenow", String(index));
    const text = pairs.map((pair) => pair.filter(Boolean).join(" ")).join(", ");
    this.slider.setAttribute("aria-valuetext", text);
    this.placeBox();
  }

  drawLine(chart) {
    const { area } = chart;
    if (!area) return;
    let line = this.lines.get(chart);
    if (!line) {
      line = el("div", { class: "crosshair" });
      chart.frame.append(line);
      this.lines.set(chart, line);
    }
    line.hidden = this.index === null;
    if (line.hidden) return;
    Object.assign(line.style, {
      left: `${this.group.positionOf(this.group.axis.values[this.index], chart)}px`, top: `${area.y}px`,
      height: `${area.h}px`,
    });
  }

  /** Places the values beside the line, and near the pointer if there is one, within the window. */
  placeBox() {
    const { frame, area } = this.chart;
    const bounds = frame.getBoundingClientRect();
    const x = bounds.left + this.group.positionOf(this.group.axis.values[this.index], this.chart);
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const left = x + distance + width < innerWidth ? x + distance : Math.max(x - distance - width, 0);
    const top = this.pointer ? this.pointer.clientY + distance : bounds.top + area.y;
    this.box.style.left = `${left}px`;
    this.box.style.top = `${Math.max(Math.min(top, innerHeight - height - 4), 0)}px`;
  }

  onFocus() {
    const [first, last] = this.group.visible;
    this.show(this.index ?? (first + last) >> 1, this.firstChart);
  }

  onKey(event) {
    const { group } = this;
    const [first, last] = group.visible;
    const end = group.axis.values.length - 1;
    // One step is at least one pixel.
    const step = Math.max(1, Math.floor((last - first) / this.firstChart.area.w));
    const current = this.index ?? (first + last) >> 1;
    const next = event.key === "Home" ? 0 : event.key === "End" ? end
      : keySteps[event.key] && current + keySteps[event.key] * step;
    if (next === undefined) return;
    event.preventDefault();
    const index = Math.min(Math.max(next, 0), end);
    const x = group.axis.values[index];
    const [from, to] = group.range;
    if (x < from || x > to) group.show([x - (to - from) / 2, x + (to - from) / 2]);
    this.show(index, this.firstChart);
  }

  remove() {
    this.listening.abort();
    this.box.remove();
    this.slider.remove();
    for (const line of this.lines.values()) line.remove();
    this.lines.clear();
    this.index = null;
  }
}
