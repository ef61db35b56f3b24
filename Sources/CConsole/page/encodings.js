// The Encodings step: the encodings of the windows on their first two principal components, coloured by
// score, and a table of them.

import { fetchJSON } from "./api.js";
import { curlButton } from "./curl.js";
import { byId, el, formatCount, formatNumber, formatPercent, plural, setVisible } from "./dom.js";
import { encodingTable } from "./encodingtable.js";
import { principalComponents } from "./pca.js";
import { reportErrors } from "./problems.js";
import { scatterPlot } from "./scatter.js";
import { emit, on, state } from "./state.js";

/** The number of points that can still be distinguished in the plot. */
const maxPoints = 1500;

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
      const kind = model.architecture
        ? `architecture "${model.architecture}"` : `detector "${model.detector}"`;
      const text = `The ${kind} has no encoding. Train an autoencoder to see encodings.`;
      byId("encodings-problem").replaceChildren(el("p", { class: "muted" }, text));
      return;
    }
    const stride = Math.ceil(windows.starts.length / maxPoints);
    const makeRequest = () => windows.data.request("encode", [["stride", stride]], { model });
    const { points, encodings } = await encode(stride, signal);
    if (signal.aborted) return;
    setVisible(hint, false);
    setVisible(byId("encodings-view"));
    render(points, encodings, model, stride, makeRequest, signal);
  });
}

/** The encodings of every `stride`th window, with what is known of these windows. */
async function encode(stride, signal) {
  const { model, windows } = state;
  const request = windows.data.request("encode", [["stride", stride]], { model });
  const { encodings } = await fetchJSON(request, { signal });
  return { points: encodedWindows(windows, model, stride, encodings.length), encodings };
}

/** `{window, start, score, label}` of each window that is encoded. */
function encodedWindows({ data, starts, scores }, { timesteps }, stride, count) {
  const windowOf = new Map();
  starts.forEach((start, window) => windowOf.set(start, window));
  return data.windowStarts(timesteps, "sliding", stride).slice(0, count).map((start) => {
    const window = windowOf.get(start);
    return { window, start, score: scores[window], label: data.rowLabel(start) };
  });
}

function render(points, encodings, model, stride, makeRequest, signal) {
  const { projections, shares } = principalComponents(encodings);
  const explained = formatPercent(shares[0] + shares[1]);
  const size = formatCount(model.encoding_units);
  const which = stride > 1 ? `every ${stride}th window, ` : "";
  const anomalies = points.filter((point) => point.score > 1).length;
  const description = `${plural(points.length, "window")} by the first two principal components of their `
    + `encodings, ${plural(anomalies, "anomaly", "anomalies")}.`;
  const plotted = points.map(({ window, score, label }, index) => ({
    x: projections[index][0], y: projections[index][1], score, className: levelClass(score), id: window,
    title: `Window starting at ${label}, score ${formatNumber(score)}`,
  }));
  byId("encodings-view").replaceChildren(
    el(
      "p", {}, `Encodings of ${plural(points.length, "window")} (${which}Z = ${size}). `
        + `The two components explain ${explained} of the variance; both axes have the same unit. `
        + "Select a point to see its window in the step ", el("a", { href: "#layers" }, "Layers"), "."),
    scoreLegend(),
    scatterPlot(plotted, shares, { description, select: (window) => emit("selectedWindow", window) }),
    el("p", { class: "muted selected-text", role: "status" }),
    encodingTable(points, encodings, {
      name: `${model.model}-${model.version}`,
      loadAll: () => reportErrors(byId("encodings-problem"), () =>
        (stride === 1 ? { points, encodings } : encode(1, signal))),
    }),
    el("div", { class: "buttons" }, curlButton("encode", makeRequest)));
  highlight(points[0].window);
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

/** Highlights the point of a window, and names it. */
function highlight(window) {
  const view = byId("encodings-view");
  view.querySelector(".selected")?.classList.remove("selected");
  const point = view.querySelector(`[data-window="${window}"]`);
  if (!point) return;
  point.classList.add("selected");
  // The last of its siblings is drawn on top.
  point.parentElement.append(point);
  view.querySelector(".selected-text").textContent = `Selected: ${point.textContent}.`;
}
