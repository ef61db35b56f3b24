// The second step: an architecture and how to train it, with a summary and a diagram that follow.

import { Problem, json, picture, post } from "./api.js";
import { curlButton } from "./curl.js";
import { byId, count, drawing, el, settled, table, things } from "./dom.js";
import { telling } from "./problems.js";
import { on, state } from "./state.js";

const form = () => byId("settings");

/** What was last asked for, to stop it when another is. */
let asked = null;
let url = null;
/** The layers that stand in the form as they were suggested. */
let suggested = "";

export function start() {
  form().addEventListener("submit", (event) => event.preventDefault());
  form().addEventListener("input", changed);
  on("preset", (values) => {
    for (const [name, value] of Object.entries(values)) form().elements[name].value = value;
    adapt();
  });
  on("data", changed);
  changed();
}

function changed() {
  adapt();
  summarize();
}

function adapt() {
  const { architecture, layers: text, timesteps } = form().elements;
  const isByLayers = architecture.value === "layers";
  for (const node of form().querySelectorAll(".by-units")) {
    node.hidden = isByLayers;
    node.firstElementChild.disabled = isByLayers;
  }
  form().querySelector(".by-layers").hidden = !isByLayers;
  if (isByLayers && [suggested, ""].includes(text.value)) {
    suggested = layersText(Number(timesteps.value), state.data?.features.length ?? 2);
    text.value = suggested;
  }
}

/** A network to begin with for who builds one layer by layer. */
function layersText(timesteps, features) {
  const layers = [
    { type: "LSTM", units: 32 },
    { type: "RepeatVector", n: timesteps },
    { type: "LSTM", units: 32, return_sequences: true },
    { type: "TimeDistributed", layer: { type: "Dense", units: features } },
  ];
  return `[\n${layers.map((layer) => `  ${JSON.stringify(layer)}`).join(",\n")}\n]`;
}

/** The network, as the server's members. Throws the Problem of one input that can't be read, wherever that is in the form. */
export function network() {
  const wrong = [...form().elements].find((input) => input.willValidate && !input.checkValidity());
  if (wrong) {
    throw new Problem({ title: wrong.labels[0].firstChild.textContent.trim(), detail: wrong.title || wrong.validationMessage });
  }
  const values = Object.fromEntries(new FormData(form()));
  const timesteps = Number(values.timesteps);
  if (values.architecture === "layers") return { architecture: "layers", timesteps, layers: layers(values.layers) };
  return { architecture: values.architecture, timesteps, units: values.units.split(",").map(Number), activation: values.activation };
}

function layers(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem({ title: "The layers aren't JSON", detail: error.message });
  }
}

/** How it is trained. */
export function training() {
  const { model, windowing, scaling, epochs, batch_size, learning_rate, loss, seed } = Object.fromEntries(new FormData(form()));
  return { model, windowing, scaling, epochs, batch_size, learning_rate, loss, seed };
}

/** Members as the pairs of a query; what is empty is left to the server. */
export function pairs(members) {
  return Object.entries(members)
    .filter(([, value]) => value !== "" && value != null)
    .map(([name, value]) => [name, typeof value !== "object" ? value
      : value.every((one) => typeof one === "number") ? value.join(",") : JSON.stringify(value)]);
}

const summarize = settled(() => {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  return telling(byId("model-problem"), async () => {
    const members = { ...network(), features: state.data?.features.length ?? 2 };
    const request = post("summary", members);
    const summary = await json(request, { signal });
    const flow = await picture(request, { signal });
    if (signal.aborted) return;
    if (url) URL.revokeObjectURL(url);
    url = flow;
    show(members, summary, request);
  });
});

function show({ timesteps, features }, summary, request) {
  const shape = (sizes) => `(${sizes.map((size) => size ?? "None").join(", ")})`;
  const windows = state.data?.windowStarts(timesteps, training().windowing).length;
  const text = [
    `${count(summary.parameters)} parameters`, `windows of ${things(timesteps, "row")} and ${things(features, "feature")}`,
    ...(windows === undefined ? [] : [`${things(windows, "window")} in the data`]),
  ].join(", ");
  const rows = summary.layers.map((layer) => [layer.name, layer.type, shape(layer.output_shape), count(layer.parameters)]);
  byId("model-summary").replaceChildren(
    el("p", {}, `${text}.`),
    el(
      "div", { class: "beside" },
      el(
        "div", {}, table("Layers", ["Name", "Type", "Output shape", "Parameters"], rows, { numeric: [3], hiddenCaption: true }),
        el("div", { class: "buttons" }, curlButton("summary", () => request),
          curlButton("diagram", () => ({ ...request, accept: "image/svg+xml", output: "flow.svg" })))),
      url && drawing(
        url, `Flow diagram: a column for each timestep, a row for each of ${summary.layers.map((layer) => layer.type).join(", ")}.`)));
}
