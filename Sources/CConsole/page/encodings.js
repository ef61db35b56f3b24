// The Encodings step: a scatter plot of the encodings on their first two principal components, coloured by
// score.

import { fetchJSON } from "./api.js";
import { curlButton } from "./curl.js";
import {
  byId, el, formatCount, formatNumber, formatPercent, plural, setVisible, svg, table, tableDetails,
} from "./dom.js";
import { principalComponents } from "./pca.js";
import { reportErrors } from "./problems.js";
import { emit, on, state } from "./state.js";

/** The number of points that can still be distinguished in the plot. */
const maxPoints = 1500;
/** The number of windows in the table. */
const maxTableRows = 50;
const [width, height, margin] = [640, 400, 28];

/**
 * The upper bounds of the score levels. Scores above the last bound are anomalies and have their own colour.
 */
const levels = [0.2, 0.4, 0.6, 0.8, 1];

let abortController = null;

export function start() {
  on("windows", update);
  on("selectedWindow", highlight);
}

function update() {
  abortController?.abort();
  abortController = new AbortController();
  const { signal } = abortController;
  const { model, windows } = state;
  setVisible(byId("encodings-view"), false);
  const hint = byId("encodings").querySelector(".hint");
  setVisible(hint);
  return reportErrors(byId("encodings-problem"), async () => {
    if (!windows) return;
    if (!model.encoding_units) {
      const kind = model.architecture ?? model.detector;
      const text = `Architecture "${kind}" has no encoding. Train an autoencoder to see encodings.`;
      byId("encodings-problem").replaceChildren(el("p", { class: "muted" }, text));
      return;
    }
    const stride = Math.ceil(windows.starts.length / maxPoints);
    const { data } = windows;
    const makeRequest = () => data.request("encode", [["stride", stride]], { model });
    const { encodings } = await fetchJSON(makeRequest(), { signal });
    if (signal.aborted) return;
    const points = encodedWindows(data, model, stride, encodings.length);
    const projection = principalComponents(encodings);
    const size = formatCount(model.encoding_units);
    const explained = formatPercent(projection.shares[0] + projection.shares[1]);
    setVisible(hint, false);
    setVisible(byId("encodings-view"));
    byId("encodings-view").replaceChildren(
      el(
        "p", {}, `Encodings of ${plural(points.length, "window")} (Z = ${size}). `
          + `The two components explain ${explained} of the variance. `
          + "Select a point to see the layer outputs of its window below."),
      scoreLegend(), scatterPlot(data, points, projection),
      tableDetails(() => highestScores(data, points, projection)),
      el("div", { class: "buttons" }, curlButton("encode", makeRequest)));
    highlight(points[0].window);
  });
}

/** `{window, start, score}` of each window that is encoded: every `stride`th window of each recording. */
function encodedWindows(data, model, stride, count) {
  const { starts, scores } = state.windows;
  const windowOf = new Map(starts.map((start, window) => [start, window]));
  return data.windowStarts(model.timesteps, "sliding", stride).slice(0, count).map((start) => {
    const window = windowOf.get(start);
    return { window, start, score: scores[window] };
  });
}

/** The style class for a score. */
const levelClass = (score) => {
  const level = levels.findIndex((bound) => score <= bound);
  return `heat-${level < 0 ? "anomaly" : level}`;
};

function scoreLegend() {
  const entry = (name, text) => el("span", {}, el("span", { class: `swatch ${name}` }), text);
  return el(
    "p", { class: "score-legend" }, "Score:",
    levels.map((bound, level) => entry(`heat-${level}`, `≤ ${bound}`)),
    entry("heat-anomaly", "> 1 (anomaly)"));
}

function scatterPlot(data, points, { projections, shares }) {
  // Maps the values of each component to 0 … 1.
  const normalise = [0, 1].map((k) => {
    const values = projections.map((projection) => projection[k]);
    const [minimum, maximum] = [Math.min(...values), Math.max(...values)];
    return (value) => (maximum > minimum ? (value - minimum) / (maximum - minimum) : 0.5);
  });
  const x = (projection) => margin + normalise[0](projection[0]) * (width - 2 * margin);
  const y = (projection) => height - margin - normalise[1](projection[1]) * (height - 2 * margin);
  // The highest scores are drawn last, on top of the others.
  const order = points.map((_, index) => index).sort((a, b) => points[a].score - points[b].score);
  const anomalies = points.filter((point) => point.score > 1).length;
  const description = `${plural(points.length, "window")} by the first two principal components of their `
    + `encodings, ${plural(anomalies, "anomaly", "anomalies")}.`;
  return svg(
    "svg", {
      class: "scatter", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": description,
      click: ({ target }) => target.dataset.window && emit("selectedWindow", Number(target.dataset.window)),
    },
    svg("rect", { class: "frame", x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 8 }),
    svg(
      "text", { x: width - 10, y: height - 9, "text-anchor": "end" },
      `component 1, ${formatPercent(shares[0])}`),
    svg("text", { x: 10, y: 19 }, `component 2, ${formatPercent(shares[1])}`),
    order.map((index) => {
      const { window, start, score } = points[index];
      return svg(
        "circle", {
          cx: x(projections[index]).toFixed(1), cy: y(projections[index]).toFixed(1),
          r: points.length > 300 ? 3.5 : 6, class: levelClass(score), "data-window": window,
        }, svg("title", {}, `Window starting at ${data.rowLabel(start)}, score ${formatNumber(score)}`));
    }));
}

/** Highlights the point of a window. */
function highlight(window) {
  const view = byId("encodings-view");
  view.querySelector(".selected")?.classList.remove("selected");
  view.querySelector(`[data-window="${window}"]`)?.classList.add("selected");
}

function highestScores(data, points, { projections }) {
  const order = points.map((_, index) => index)
    .sort((a, b) => points[b].score - points[a].score).slice(0, maxTableRows);
  return table(
    `${plural(order.length, "window")} with the highest scores`,
    ["Start", "Score", "Component 1", "Component 2"],
    order.map((index) => [
      data.rowLabel(points[index].start), formatNumber(points[index].score),
      formatNumber(projections[index][0]), formatNumber(projections[index][1]),
    ]), { numeric: [1, 2, 3] });
}
