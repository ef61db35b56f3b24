// A scatter plot of points on two components with equal axes: a unit has the same length on both.

import { el, formatNumber, formatPercent, svg } from "./dom.js";

const [width, margin] = [640, 36];
/** The pixels at both ends of an axis that have no ticks. */
const endMargin = 24;
/** The limits of the height, by the shape of the cloud of points. */
const [minHeight, maxHeight] = [240, 520];

/**
 * `points` are `{x, y, score, className, id, title}`; `shares` are those of the variance of the components.
 * `select` gets the id of a point that is clicked.
 */
export function scatterPlot(points, shares, { description, select }) {
  const [spanX, spanY] = [spanOf(points.map((point) => point.x)), spanOf(points.map((point) => point.y))];
  const wanted = (width - 2 * margin) * (spanY.size / spanX.size) + 2 * margin;
  const height = Math.round(Math.min(Math.max(wanted, minHeight), maxHeight));
  // Pixels for a unit.
  const scale = Math.min((width - 2 * margin) / spanX.size, (height - 2 * margin) / spanY.size);
  const toX = (x) => width / 2 + (x - spanX.centre) * scale;
  const toY = (y) => height / 2 - (y - spanY.centre) * scale;
  const step = niceStep(80 / scale);
  // The highest scores are drawn last, on top of the others.
  const order = [...points].sort((a, b) => a.score - b.score);
  const plot = svg(
    "svg", {
      class: "scatter", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": description,
      click: ({ target }) => target.dataset.window && select(Number(target.dataset.window)),
    },
    svg("rect", { class: "frame", x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 8 }),
    ticks(toX, step, width).map(([value, x]) => [
      svg("line", { class: "grid", x1: x, x2: x, y1: 1, y2: height - 1 }),
      svg("text", { class: "tick", x: x + 3, y: height - 6 }, formatNumber(value)),
    ]),
    ticks(toY, step, height).map(([value, y]) => [
      svg("line", { class: "grid", x1: 1, x2: width - 1, y1: y, y2: y }),
      svg("text", { class: "tick", x: 4, y: y - 3 }, formatNumber(value)),
    ]),
    order.map((point) => svg(
      "circle", {
        cx: toX(point.x).toFixed(1), cy: toY(point.y).toFixed(1), r: points.length > 300 ? 3.5 : 6,
        class: point.className, "data-window": point.id,
      }, svg("title", {}, point.title))));
  const name = (component) => `component ${component + 1}, ${formatPercent(shares[component])}`;
  return el(
    "div", { class: "scatter-frame" }, el("p", { class: "muted" }, `↑ ${name(1)}`), plot,
    el("p", { class: "muted axis-x" }, `${name(0)} →`));
}

function spanOf(values) {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return { centre: (low + high) / 2, size: high - low || 1 };
}

/** The least of 1, 2 and 5 times a power of ten that is at least `minimum`. */
function niceStep(minimum) {
  const power = 10 ** Math.floor(Math.log10(minimum));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= minimum);
}

/** Multiples of `step` inside an axis of `length` pixels, with their pixels, away from its ends. */
function ticks(toPixel, step, length) {
  const zero = toPixel(0);
  const unit = toPixel(1) - zero;
  const bounds = [(endMargin - zero) / unit, (length - endMargin - zero) / unit].sort((a, b) => a - b);
  const found = [];
  for (let k = Math.ceil(bounds[0] / step); k * step <= bounds[1]; k++) {
    found.push([Number((k * step).toPrecision(6)), toPixel(k * step)]);
  }
  return found;
}
