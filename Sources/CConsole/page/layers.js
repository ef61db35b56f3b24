// The sixth step: what each layer makes of one window.

import { picture, post } from "./api.js";
import { curlButton } from "./curl.js";
import { byId, count, drawing, el, figure, reveal, settled } from "./dom.js";
import { telling } from "./problems.js";
import { emit, on, state } from "./state.js";

let asked = null;
let url = null;
let parts = null;

export function start() {
  on("windows", begin);
  on("window", choose);
}

function begin() {
  asked?.abort();
  const { windows } = state;
  reveal(byId("layers-shown"), windows !== null);
  reveal(byId("layers").querySelector(".hint"), windows === null);
  byId("layers-problem").replaceChildren();
  if (!windows) return;
  const point = (event) => emit("window", Math.min(Math.max(Math.round(Number(event.target.value)), 0), windows.starts.length - 1));
  const limits = { min: "0", max: String(windows.starts.length - 1), step: "1", value: "0" };
  parts = {
    slider: el("input", { type: "range", id: "window", ...limits, input: point }),
    number: el("input", { type: "number", "aria-label": "Number of the window", class: "short", ...limits, change: point }),
    text: el("p", { class: "soft" }),
    image: el("div"),
  };
  byId("layers-shown").replaceChildren(
    el("div", { class: "buttons" }, el("label", { for: "window" }, "Window"), parts.slider, parts.number),
    parts.text, parts.image,
    el("div", { class: "buttons" }, curlButton("layers", () => ({ ...request(parts.number.value), accept: undefined })),
      curlButton("heat maps", () => ({ ...request(parts.number.value), accept: "image/svg+xml", output: "layers.svg" }))));
  choose(0);
}

/** The one window alone is sent, not all the data. */
function request(window) {
  const { data, model, windows } = state;
  const start = windows.starts[window];
  const columns = data.inOrder(model.feature_names);
  const rows = Array.from({ length: model.timesteps }, (_, step) =>
    columns.map(({ numbers }) => (Number.isNaN(numbers[start + step]) ? null : numbers[start + step])));
  const missing = data.gaps === "error" ? {} : { missing: data.gaps };
  return post("layers", { model: model.model, version: model.version, windows: [rows], ...missing });
}

function choose(window) {
  if (!parts || !state.windows) return;
  const { data, windows } = state;
  parts.slider.value = parts.number.value = String(window);
  parts.text.textContent =
    `Window ${count(window)} of ${count(windows.starts.length)}, from ${data.place(windows.starts[window])}: `
      + `score ${figure(windows.scores[window])}.`;
  draw(window);
}

const draw = settled((window) => {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  return telling(byId("layers-problem"), async () => {
    const drawn = await picture(request(window), { signal });
    if (signal.aborted || !drawn) return;
    if (url) URL.revokeObjectURL(url);
    url = drawn;
    parts.image.replaceChildren(
      drawing(url, `Heat maps of the output of each layer for window ${window}: a column a timestep, a row a layer.`));
  });
}, 120);
