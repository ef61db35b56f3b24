// The fifth step: encodings on their principal plane, coloured by error.

import { json } from "./api.js";
import { curlButton } from "./curl.js";
import { asTable, byId, count, el, figure, percent, reveal, svg, table, things } from "./dom.js";
import { pairs } from "./model.js";
import { principalPlane } from "./pca.js";
import { telling } from "./problems.js";
import { emit, on, state } from "./state.js";

/** More points can't be told apart. */
const most = 1500;
const [width, height, margin] = [640, 400, 28];

/** Scores up to these have a colour each; those above 1 are hot. */
const shades = [0.2, 0.4, 0.6, 0.8, 1];

let asked = null;

export function start() {
  on("windows", draw);
  on("window", choose);
}

function draw() {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  const { data, model, windows } = state;
  reveal(byId("encodings-shown"), false);
  const hint = byId("encodings").querySelector(".hint");
  reveal(hint);
  return telling(byId("encodings-problem"), async () => {
    if (!windows) return;
    if (!model.encoding_units) {
      byId("encodings-problem").replaceChildren(
        el("p", { class: "soft" }, `A network of the kind "${model.architecture}" has no encoding: an autoencoder has.`));
      return;
    }
    const stride = Math.ceil(windows.starts.length / most);
    const request = () => data.request("encode", pairs({ model: model.model, version: model.version, stride }));
    const { encodings } = await json(request(), { signal });
    if (signal.aborted) return;
    const points = numbered(data, model, stride, encodings.length);
    const plane = principalPlane(encodings);
    reveal(hint, false);
    reveal(byId("encodings-shown"));
    byId("encodings-shown").replaceChildren(
      el(
        "p", {}, `${things(points.length, "window")} as vectors of ${count(model.encoding_units)} numbers, on the plane that shows `
          + `${percent(plane.shares[0] + plane.shares[1])} of how they differ. A point picks its window for the layers below.`),
      scale(), scatter(data, points, plane),
      asTable(() => strangest(data, points, plane)),
      el("div", { class: "buttons" }, curlButton("encode", request)));
    choose(points[0].window);
  });
}

/** `{window, start, score}` of each window that is encoded: every `stride`th of each recording. */
function numbered(data, model, stride, number) {
  const { starts, scores } = state.windows;
  const position = new Map(starts.map((start, window) => [start, window]));
  return data.windowStarts(model.timesteps, "sliding", stride).slice(0, number).map((start) => {
    const window = position.get(start);
    return { window, start, score: scores[window] };
  });
}

const shade = (score) => {
  const index = shades.findIndex((end) => score <= end);
  return `heat-${index < 0 ? "hot" : index}`;
};

function scale() {
  const entry = (name, text) => el("span", {}, el("span", { class: `swatch ${name}` }), text);
  return el(
    "p", { class: "scale" }, "Score:", shades.map((end, index) => entry(`heat-${index}`, `to ${end}`)),
    entry("heat-hot", "above 1, an anomaly"));
}

function scatter(data, points, { points: places, shares }) {
  const project = [0, 1].map((k) => {
    const values = places.map((place) => place[k]);
    const [least, largest] = [Math.min(...values), Math.max(...values)];
    return (value) => (largest > least ? (value - least) / (largest - least) : 0.5);
  });
  const x = (place) => margin + project[0](place[0]) * (width - 2 * margin);
  const y = (place) => height - margin - project[1](place[1]) * (height - 2 * margin);
  // The hot ones are drawn last, on top.
  const order = points.map((_, index) => index).sort((a, b) => points[a].score - points[b].score);
  const hot = points.filter((point) => point.score > 1).length;
  return svg(
    "svg", {
      class: "scatter", viewBox: `0 0 ${width} ${height}`, role: "img",
      "aria-label": `${things(points.length, "window")} on their principal plane; ${count(hot)} of them are anomalies.`,
      click: ({ target }) => target.dataset.window && emit("window", Number(target.dataset.window)),
    },
    svg("rect", { class: "frame", x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 8 }),
    svg("text", { x: width - 10, y: height - 9, "text-anchor": "end" }, `first component, ${percent(shares[0])}`),
    svg("text", { x: 10, y: 19 }, `second component, ${percent(shares[1])}`),
    order.map((index) => {
      const { window, start, score } = points[index];
      return svg(
        "circle", {
          cx: x(places[index]).toFixed(1), cy: y(places[index]).toFixed(1), r: points.length > 300 ? 3.5 : 6,
          class: shade(score), "data-window": window,
        }, svg("title", {}, `window from ${data.place(start)}, score ${figure(score)}`));
    }));
}

function choose(window) {
  byId("encodings-shown").querySelector(".chosen")?.classList.remove("chosen");
  byId("encodings-shown").querySelector(`[data-window="${window}"]`)?.classList.add("chosen");
}

function strangest(data, points, { points: places }) {
  const order = points.map((_, index) => index).sort((a, b) => points[b].score - points[a].score).slice(0, 50);
  return table(
    `The ${things(order.length, "window")} with the highest scores`, ["From", "Score", "First component", "Second component"],
    order.map((index) => [
      data.place(points[index].start), figure(points[index].score), figure(places[index][0]), figure(places[index][1]),
    ]), { numeric: [1, 2, 3] });
}
