// The Model step: the settings of a network and its training, with the network's summary and flow diagram.

import { Problem, fetchImage, fetchJSON, jsonRequest } from "./api.js";
import { curlButton } from "./curl.js";
import { byId, debounce, diagram, el, formatCount, plural, table } from "./dom.js";
import { reportErrors } from "./problems.js";
import { emit, on, state } from "./state.js";

const form = () => byId("settings");

/** Stops the latest summary request when a newer one starts. */
let abortController = null;
/** The blob URL of the flow diagram on the page. */
let imageURL = null;
/** The layers that the page last suggested; layers that the user has edited differ from it. */
let suggestedLayers = "";

export function start() {
  form().addEventListener("submit", (event) => event.preventDefault());
  form().addEventListener("input", update);
  on("setting", ({ name, value }) => {
    form().elements[name].value = value;
    update();
  });
  on("preset", (values) => {
    for (const [name, value] of Object.entries(values)) form().elements[name].value = value;
    updateForm();
  });
  on("data", update);
  update();
}

function update() {
  updateForm();
  updateSummary();
  emit("settings");
}

/** Shows the fields of the chosen architecture, and suggests layers unless the user has edited them. */
function updateForm() {
  const { architecture, layers, timesteps } = form().elements;
  const isCustom = architecture.value === "layers";
  for (const label of form().querySelectorAll(".units-only")) {
    label.hidden = isCustom;
    label.firstElementChild.disabled = isCustom;
  }
  form().querySelector(".layers-only").hidden = !isCustom;
  if (isCustom && [suggestedLayers, ""].includes(layers.value)) {
    suggestedLayers = exampleLayers(Number(timesteps.value), state.data?.features.length ?? 2);
    layers.value = suggestedLayers;
  }
}

/** A small autoencoder as JSON, to start from. */
function exampleLayers(timesteps, features) {
  const layers = [
    { type: "LSTM", units: 32 },
    { type: "RepeatVector", n: timesteps },
    { type: "LSTM", units: 32, return_sequences: true },
    { type: "TimeDistributed", layer: { type: "Dense", units: features } },
  ];
  return `[\n${layers.map((layer) => `  ${JSON.stringify(layer)}`).join(",\n")}\n]`;
}

/**
 * The network as members of a request. Throws a Problem that names the first invalid field of the whole form.
 */
export function networkSettings() {
  const invalid = [...form().elements].find((input) => input.willValidate && !input.checkValidity());
  if (invalid) {
    throw new Problem({
      title: invalid.labels[0].firstChild.textContent.trim(),
      detail: invalid.title || invalid.validationMessage,
    });
  }
  const { architecture, timesteps, layers, units, activation } = Object.fromEntries(new FormData(form()));
  const common = { architecture, timesteps: Number(timesteps) };
  if (architecture === "layers") return { ...common, layers: parseLayers(layers) };
  return { ...common, units: units.split(",").map(Number), activation };
}

function parseLayers(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem({ title: "The layers are not valid JSON", detail: error.message });
  }
}

/** The training options as members of a request. */
export function trainingSettings() {
  const { model, windowing, scaling, epochs, batch_size, learning_rate, loss, seed } =
    Object.fromEntries(new FormData(form()));
  return { model, windowing, scaling, epochs, batch_size, learning_rate, loss, seed };
}

/** Members as query parameters. Empty members are left out, so that the server's defaults apply. */
export function queryPairs(members) {
  const queryValue = (value) => {
    if (typeof value !== "object") return value;
    return value.every((item) => typeof item === "number") ? value.join(",") : JSON.stringify(value);
  };
  return Object.entries(members)
    .filter(([, value]) => value !== "" && value != null)
    .map(([name, value]) => [name, queryValue(value)]);
}

const updateSummary = debounce(() => {
  abortController?.abort();
  abortController = new AbortController();
  const { signal } = abortController;
  return reportErrors(byId("model-problem"), async () => {
    const network = { ...networkSettings(), features: state.data?.features.length ?? 2 };
    const request = jsonRequest("summary", network);
    const summary = await fetchJSON(request, { signal });
    const image = await fetchImage(request);
    if (signal.aborted) return;
    if (imageURL) URL.revokeObjectURL(imageURL);
    imageURL = image;
    render(network, summary, request);
  });
});

function render({ timesteps, features }, summary, request) {
  const formatShape = (shape) => `(${shape.map((size) => size ?? "None").join(", ")})`;
  const windows = state.data?.windowStarts(timesteps, trainingSettings().windowing).length;
  const text = [
    plural(summary.parameters, "parameter"),
    `windows of ${plural(timesteps, "timestep")} and ${plural(features, "feature")}`,
    ...(windows === undefined ? [] : [`${plural(windows, "window")} in the data`]),
  ].join(", ");
  const rows = summary.layers.map((layer) =>
    [layer.name, layer.type, formatShape(layer.output_shape), formatCount(layer.parameters)]);
  const types = summary.layers.map((layer) => layer.type).join(", ");
  byId("model-summary").replaceChildren(
    el("p", {}, `${text}.`),
    el(
      "div", { class: "side-by-side" },
      el(
        "div", {},
        table(
          "Layers", ["Name", "Type", "Output shape", "Parameters"], rows,
          { numeric: [3], hiddenCaption: true }),
        el(
          "div", { class: "buttons" }, curlButton("summary", () => request),
          curlButton("diagram", () => ({ ...request, accept: "image/svg+xml", output: "flow.svg" })))),
      imageURL && diagram(imageURL, `Flow diagram: one column per timestep, one row per layer (${types}).`)));
}
