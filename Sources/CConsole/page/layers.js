// The Layers step: the output of every layer for one window.

import { fetchImage } from "./api.js";
import { curlButton } from "./curl.js";
import { byId, debounce, diagram, el, formatCount, formatNumber, setVisible } from "./dom.js";
import { reportErrors } from "./problems.js";
import { emit, on, state } from "./state.js";

let abortController = null;
/** The blob URL of the image on the page. */
let imageURL = null;
/** The elements of the step that change; null before the first windows. */
let view = null;

export function start() {
  on("windows", update);
  on("selectedWindow", select);
}

function update() {
  abortController?.abort();
  const { windows } = state;
  setVisible(byId("layers-view"), windows !== null);
  setVisible(byId("layers").querySelector(".hint"), windows === null);
  byId("layers-problem").replaceChildren();
  if (!windows) return;
  if (state.model.architecture === null) {
    const text = `The detector "${state.model.detector}" has no layers. Train a network to see layers.`;
    byId("layers-view").replaceChildren(el("p", { class: "muted" }, text));
    view = null;
    return;
  }
  const last = windows.starts.length - 1;
  const change = (event) =>
    emit("selectedWindow", Math.min(Math.max(Math.round(Number(event.target.value)), 0), last));
  const limits = { min: "0", max: String(last), step: "1", value: "0" };
  view = {
    slider: el("input", { type: "range", id: "window", ...limits, input: change }),
    number: el("input", { type: "number", "aria-label": "Window number", class: "short", ...limits, change }),
    text: el("p", { class: "muted" }),
    image: el("div"),
  };
  const selectedRequest = () => layersRequest(view.number.value);
  byId("layers-view").replaceChildren(
    el(
      "div", { class: "buttons" }, el("label", { for: "window" }, "Window"), view.slider, view.number,
      el(
        "button", {
          type: "button", class: "secondary", click: () => emit("selectedWindow", highest(windows)),
        }, "Highest score")),
    view.text, view.image,
    el(
      "div", { class: "buttons" },
      curlButton("layers", () => ({ ...selectedRequest(), accept: undefined })),
      curlButton(
        "heat maps", () => ({ ...selectedRequest(), accept: "image/svg+xml", output: "layers.svg" }))));
  select(0);
}

/** The number of the window with the highest score. */
const highest = ({ scores }) =>
  scores.reduce((best, score, window) => (score > scores[best] ? window : best), 0);

/** A request for one window. */
const layersRequest = (window) =>
  state.windows.data.request("layers", [["window", window]], { model: state.model });

function select(window) {
  if (!view || !state.windows) return;
  const { windows } = state;
  view.slider.value = view.number.value = String(window);
  const start = windows.data.rowLabel(windows.starts[window]);
  view.text.textContent = `Window ${formatCount(window)} of ${formatCount(windows.starts.length)}, `
    + `starting at ${start}: score ${formatNumber(windows.scores[window])}.`;
  updateImage(window);
}

const updateImage = debounce((window) => {
  // The results may have been cleared in the meantime.
  if (!state.windows) return null;
  abortController?.abort();
  abortController = new AbortController();
  const { signal } = abortController;
  return reportErrors(byId("layers-problem"), async () => {
    const image = await fetchImage(layersRequest(window));
    if (signal.aborted) return;
    if (imageURL) URL.revokeObjectURL(imageURL);
    imageURL = image;
    view.image.replaceChildren();
    if (!image) return;
    const alt = `Heat maps of every layer's output for window ${window}: `
      + "one column per timestep, one row per layer.";
    view.image.replaceChildren(diagram(imageURL, alt));
  });
}, 120);
