// Charts over the same rows, which share a range of x and a crosshair.

import { Crosshair } from "./crosshair.js";
import { scheduleDrawing } from "./drawing.js";
import { el } from "./dom.js";
import { nearestIndex, visibleIndices } from "./sampling.js";

/** The distance in pixels from which on a drag is no click. */
export const minDrag = 5;

export class ChartGroup {
  /**
   * `describe(index, chart)` returns what the crosshair shows at an index of the axis, as pairs of a name and
   * a text, for the chart under the pointer. `onRange` gets the range of x after the user has changed it, or
   * null for the full range.
   */
  constructor(axis, describe, { onRange = null } = {}) {
    Object.assign(this, { axis, describe, onRange, charts: [] });
    const [first, last] = [axis.values[0], axis.values.at(-1)];
    // A single row has a width, too.
    this.fullRange = last > first ? [first, last] : [first - 1, last + 1];
    this.range = this.fullRange;
    /** Gets the range of x that the user has dragged over, in place of a zoom; null to zoom. */
    this.onDrag = null;
    this.crosshair = new Crosshair(this);
    const button = (label, symbol, change) =>
      el("button", {
        type: "button", class: "icon", "aria-label": label, title: label,
        click: () => this.changeRange(...change),
      }, symbol);
    this.toolbar = el(
      "div", { class: "toolbar" }, el("span", { class: "muted hint-text" }, this.hint),
      el(
        "div", { role: "group", "aria-label": "Zoom", class: "buttons" },
        button("Zoom in", "+", [0.5, 0]), button("Zoom out", "−", [2, 0]), button("Earlier", "‹", [1, -0.5]),
        button("Later", "›", [1, 0.5]), button("Show all", "⤢", [Infinity, 0])));
  }

  get hint() {
    return matchMedia("(hover: hover)").matches ? "Drag across a chart to zoom." : "";
  }

  /** Adds a chart: `{frame, area, draw, destroy}`. */
  add(chart) {
    this.charts.push(chart);
    const { frame } = chart;
    frame.classList.add("interactive");
    frame.addEventListener("pointermove", (event) => this.onPointer(event, chart));
    frame.addEventListener("pointerdown", (event) => this.onPress(event, chart));
    frame.addEventListener("pointerleave", ({ pointerType }) =>
      pointerType === "mouse" && this.crosshair.hide());
    frame.addEventListener("dblclick", () => this.show(this.fullRange));
  }

  remove(chart) {
    this.charts = this.charts.filter((other) => other !== chart);
    chart.destroy();
  }

  onChartDrawn() {
    this.crosshair.scheduleUpdate();
  }

  /** The x of a pointer, limited to the range that is shown. */
  xOf({ clientX }, { frame, area }) {
    const share = (clientX - frame.getBoundingClientRect().left - area.x) / area.w;
    return this.range[0] + Math.min(Math.max(share, 0), 1) * (this.range[1] - this.range[0]);
  }

  /** The position of an x in the frame of a chart. */
  positionOf(x, { area }) {
    return area.x + ((x - this.range[0]) / (this.range[1] - this.range[0])) * area.w;
  }

  onPointer(event, chart) {
    if (!chart.area || event.target.closest(".threshold")) return;
    this.crosshair.show(nearestIndex(this.axis.values, this.xOf(event, chart)), chart, event);
  }

  /** Follows a drag over a chart. A finger moves the crosshair instead. */
  onPress(event, chart) {
    if (!chart.area || event.target.closest(".threshold, button")) return;
    this.onPointer(event, chart);
    if (event.pointerType !== "mouse" && !this.onDrag || event.button !== 0) return;
    const { frame, area } = chart;
    const start = this.xOf(event, chart);
    const selection = el("div", { class: "drag-selection" });
    let end = start;
    const move = (moved) => {
      end = this.xOf(moved, chart);
      const [left, right] = [start, end].sort((a, b) => a - b).map((x) => this.positionOf(x, chart));
      Object.assign(selection.style, {
        left: `${left}px`, width: `${right - left}px`, top: `${area.y}px`, height: `${area.h}px`,
      });
      if (right - left >= minDrag && !selection.isConnected) frame.append(selection);
    };
    frame.setPointerCapture(event.pointerId);
    frame.addEventListener("pointermove", move);
    frame.addEventListener("lostpointercapture", () => {
      frame.removeEventListener("pointermove", move);
      if (!selection.isConnected) return;
      selection.remove();
      const range = [start, end].sort((a, b) => a - b);
      if (this.onDrag) this.onDrag(range);
      else this.show(range);
    }, { once: true });
  }

  /** Sets the x range of all charts, limited to the full range. */
  setRange([from, to]) {
    const width = Math.min(to - from, this.fullRange[1] - this.fullRange[0]);
    if (!(width > 0)) return;
    const start = Math.min(Math.max(from, this.fullRange[0]), this.fullRange[1] - width);
    this.range = [start, start + width];
    this.crosshair.hide();
    for (const chart of this.charts) scheduleDrawing(chart);
  }

  /** Sets the x range for the user. */
  show(range) {
    this.setRange(range);
    const isFull = this.range.every((value, index) => value === this.fullRange[index]);
    this.onRange?.(isFull ? null : this.range);
  }

  /** Multiplies the width of the x range by `factor` and shifts its centre by `shift` times the old width. */
  changeRange(factor, shift) {
    const [from, to] = this.range;
    const half = Math.min(((to - from) / 2) * factor, (this.fullRange[1] - this.fullRange[0]) / 2);
    const centre = (from + to) / 2 + shift * (to - from);
    this.show([centre - half, centre + half]);
  }

  /** The first and the last index of the axis that are shown. */
  get visible() {
    return visibleIndices(this.axis.values, this.range);
  }

  clear() {
    this.crosshair.remove();
    for (const chart of this.charts) chart.destroy();
    this.charts = [];
  }
}
