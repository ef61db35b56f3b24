// The threshold in a chart of errors: a line that is dragged, moved by keys, or set by a number.

import { el, figure } from "./dom.js";

/** A key moves the line by a fiftieth of the chart. */
const step = 0.02;

export class ThresholdLine {
  /** Tells of `moved` while it moves, and of `chosen` when it is where somebody wants it: null for the model's own. */
  constructor(chart, own, { moved, chosen }) {
    Object.assign(this, { chart, own, tell: { moved, chosen }, value: own, chosen: null });
    this.handle = el("div", {
      class: "threshold", role: "slider", tabindex: "0", "aria-label": "Threshold", "aria-orientation": "vertical",
      pointerdown: (event) => this.grab(event), keydown: (event) => this.key(event),
    });
    this.input = el("input", {
      type: "number", id: "threshold", class: "short", min: "0", step: "any",
      change: () => this.choose(this.input.value > 0 ? Number(this.input.value) : null),
    });
    chart.frame.append(this.handle);
    chart.drawn = () => this.place();
    this.place();
  }

  within([least, largest]) {
    this.handle.setAttribute("aria-valuemin", String(least));
    this.handle.setAttribute("aria-valuemax", String(largest));
    this.range = [least, largest];
    this.place();
  }

  place() {
    const area = this.chart.dygraph?.getArea?.();
    if (!area) return;
    const y = this.chart.dygraph.toDomYCoord(this.value);
    this.handle.style.left = `${area.x}px`;
    this.handle.style.top = `${Math.min(Math.max(y, area.y), area.y + area.h)}px`;
    this.handle.setAttribute("aria-valuenow", String(this.value));
    this.handle.setAttribute("aria-valuetext", figure(this.value));
    if (document.activeElement !== this.input) this.input.value = String(Number(this.value.toPrecision(4)));
  }

  /** The error at a height of the chart, inside of it. */
  at(y) {
    const area = this.chart.dygraph.getArea();
    const value = this.chart.dygraph.toDataYCoord(Math.min(Math.max(y, area.y), area.y + area.h));
    return Math.max(value, this.range[1] * 1e-6);
  }

  grab(event) {
    event.preventDefault();
    this.handle.focus();
    this.handle.setPointerCapture(event.pointerId);
    const move = (moved) => {
      const { top } = this.chart.frame.getBoundingClientRect();
      this.set(this.at(moved.clientY - top));
    };
    const end = () => {
      this.handle.removeEventListener("pointermove", move);
      this.choose(this.value);
    };
    this.handle.addEventListener("pointermove", move);
    this.handle.addEventListener("lostpointercapture", end, { once: true });
  }

  key(event) {
    const steps = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 5, PageDown: -5 }[event.key];
    if (!steps) return;
    event.preventDefault();
    const area = this.chart.dygraph.getArea();
    this.choose(this.at(this.chart.dygraph.toDomYCoord(this.value) - steps * step * area.h));
  }

  set(value) {
    this.value = value;
    this.place();
    this.tell.moved(value);
  }

  choose(value) {
    this.chosen = value;
    this.set(value ?? this.own);
    this.tell.chosen(value);
  }
}
