// The threshold line in the chart of errors, which is set by dragging, by keyboard or by a number.

import { el, formatNumber } from "./dom.js";

/** The steps that a key moves the line by. */
const keySteps = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 5, PageDown: -5 };
/** A step is this share of the chart's height. */
const keyStep = 0.02;

export class ThresholdLine {
  /**
   * `onMove` gets the threshold while the line moves. `onChange` gets it after the user has set it; null
   * means the model's threshold.
   */
  constructor(chart, modelThreshold, { onMove, onChange }) {
    // `override` is the threshold that the user has set; null means the model's.
    Object.assign(this, { chart, modelThreshold, onMove, onChange, value: modelThreshold, override: null });
    this.handle = el("div", {
      class: "threshold", role: "slider", tabindex: "0", "aria-label": "Threshold",
      "aria-orientation": "vertical", pointerdown: (event) => this.startDrag(event),
      keydown: (event) => this.handleKey(event),
    });
    this.input = el("input", {
      type: "number", id: "threshold", class: "short", min: "0", step: "any",
      change: () => this.change(this.input.value > 0 ? Number(this.input.value) : null),
    });
    chart.frame.append(this.handle);
    chart.onDraw = () => this.updatePosition();
    this.updatePosition();
  }

  /** Sets the range of the chart's y axis. */
  setRange([minimum, maximum]) {
    this.handle.setAttribute("aria-valuemin", String(minimum));
    this.handle.setAttribute("aria-valuemax", String(maximum));
    this.range = [minimum, maximum];
    this.updatePosition();
  }

  updatePosition() {
    const area = this.chart.dygraph?.getArea?.();
    if (!area) return;
    const y = this.chart.dygraph.toDomYCoord(this.value);
    this.handle.style.left = `${area.x}px`;
    this.handle.style.top = `${Math.min(Math.max(y, area.y), area.y + area.h)}px`;
    this.handle.setAttribute("aria-valuenow", String(this.value));
    this.handle.setAttribute("aria-valuetext", formatNumber(this.value));
    if (document.activeElement !== this.input) this.input.value = String(Number(this.value.toPrecision(4)));
  }

  /** The error at a y coordinate of the chart, limited to its area. */
  valueAt(y) {
    const area = this.chart.dygraph.getArea();
    const value = this.chart.dygraph.toDataYCoord(Math.min(Math.max(y, area.y), area.y + area.h));
    return Math.max(value, this.range[1] * 1e-6);
  }

  startDrag(event) {
    event.preventDefault();
    this.handle.focus();
    this.handle.setPointerCapture(event.pointerId);
    const drag = (move) => {
      const { top } = this.chart.frame.getBoundingClientRect();
      this.move(this.valueAt(move.clientY - top));
    };
    const end = () => {
      this.handle.removeEventListener("pointermove", drag);
      this.change(this.value);
    };
    this.handle.addEventListener("pointermove", drag);
    this.handle.addEventListener("lostpointercapture", end, { once: true });
  }

  handleKey(event) {
    const steps = keySteps[event.key];
    if (!steps) return;
    event.preventDefault();
    const { dygraph } = this.chart;
    this.change(this.valueAt(dygraph.toDomYCoord(this.value) - steps * keyStep * dygraph.getArea().h));
  }

  /** Moves the line. */
  move(value) {
    this.value = value;
    this.updatePosition();
    this.onMove(value);
  }

  /** Sets the threshold; null means the model's. */
  change(value) {
    this.override = value;
    this.move(value ?? this.modelThreshold);
    this.onChange(value);
  }
}
