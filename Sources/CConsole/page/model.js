// The Model step: the settings of a detector and its training, with the network's summary and flow diagram.

import { Problem, fetchImage, fetchJSON, jsonRequest } from "./api.js";
import { curlButton } from "./curl.js";
import { byId, debounce, diagram, el, formatCount, plural, table } from "./dom.js";
import { onNavigation, parametersOf, replaceParameters } from "./fragment.js";
import {
  changedValues, formValues, makeForm, setFormValues, setPlaceholder, showApplicable, showFieldErrors,
} from "./form.js";
import { reportErrors } from "./problems.js";
import { trainedRows, trainedWindows } from "./range.js";
import { choicesOf, fields, isNetwork } from "./settings.js";
import { emit, on, state } from "./state.js";
import { errorsOf } from "./validation.js";

/** Stops the latest summary request when a newer one starts. */
let abortController = null;
/** The blob URL of the flow diagram on the page. */
let imageURL = null;
/** The layers that the page last suggested; layers that the user has edited differ from it. */
let suggestedLayers = "";
/** The settings that suit the data. */
let preset = { model: "model" };

export function start() {
  makeForm();
  const form = byId("settings");
  form.addEventListener("submit", (event) => event.preventDefault());
  const change = () => {
    replaceParameters("set.", changedValues());
    update();
  };
  form.addEventListener("input", change);
  on("setting", ({ name, value }) => {
    setFormValues({ [name]: value }, false);
    change();
  });
  on("preset", (values) => {
    preset = values;
    readSettings();
  });
  onNavigation((names) => {
    if ([...names].some((name) => name.startsWith("set."))) readSettings();
  });
  on("data", update);
  on("range", update);
  update();
}

/** Sets the fields: those that the URL has, and the settings that suit the data. */
function readSettings() {
  setFormValues(preset);
  setFormValues(Object.fromEntries(parametersOf("set.")), false);
  update();
}

function update() {
  const values = formValues();
  suggestLayers(values);
  setPlaceholder("timesteps", String(defaultTimesteps()));
  setPlaceholder(
    "threshold_value", { quantile: "0.99", sigmas: "such as 4", threshold: "" }[values.threshold_rule]);
  showApplicable(values);
  showFieldErrors(errorsOf(formValues(), trainedRows()));
  updateSummary();
  emit("settings");
}

/** T that the server uses by default: 20, or a tenth of the longest recording, and at least 5. */
function defaultTimesteps() {
  const lengths = (state.data?.report.preview.recordings ?? []).map(([first, last]) => last - first + 1);
  return lengths.length ? Math.max(Math.min(20, Math.floor(Math.max(...lengths) / 10)), 5) : 20;
}

/** T of the form. */
export const timesteps = () => Number(formValues().timesteps) || defaultTimesteps();

/** Suggests layers for "Custom layers" unless the user has edited them. */
function suggestLayers({ architecture, layers }) {
  if (architecture !== "layers" || ![suggestedLayers, ""].includes(layers)) return;
  suggestedLayers = exampleLayers(timesteps(), state.data?.features.length ?? 2);
  setFormValues({ layers: suggestedLayers }, false);
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

/** The values of the form. Throws a Problem that names the first field that is wrong. */
function validValues() {
  const values = formValues();
  const [wrong] = errorsOf(values, trainedRows());
  if (wrong) throw new Problem({ title: fields.get(wrong[0]).label, detail: wrong[1] });
  return values;
}

/** The fields of the form as members of a request; those with the server's default are left out. */
function members(values) {
  const members = {};
  for (const [name, field] of fields) {
    const value = values[name];
    const isDefault = value === "" || (field.kind === "choice" && value === choicesOf(field)[0][0]);
    if (isDefault || !field.applies(values)) continue;
    const [object, member] = name.split(".");
    if (member === undefined) members[name] = memberValue(field, value);
    else members[object][member] = memberValue(field, value);
  }
  const { threshold_rule: rule = "quantile", threshold_value: bound, ...rest } = members;
  return bound === undefined ? rest : { ...rest, [rule]: bound };
}

function memberValue({ kind, name }, text) {
  if (["early_stopping", "reduce_lr_on_plateau"].includes(name)) return {};
  if (["integer", "number"].includes(kind)) return Number(text);
  if (kind === "units") return text.split(",").map(Number);
  if (kind === "layers") return JSON.parse(text);
  return text === "true" || text === "false" ? text === "true" : text;
}

/** The settings as members of POST /train. */
export function trainSettings() {
  const values = validValues();
  const { architecture, ...rest } = members(values);
  if (architecture === undefined) return rest;
  return isNetwork(values) ? { ...rest, architecture } : { ...rest, detector: architecture };
}

/** The settings as members of POST /compare: those of both networks. */
export function compareSettings() {
  const { layers, warm_start, architecture, ...rest } = members({
    ...validValues(), architecture: "autoencoder", warm_start: "",
  });
  return rest;
}

/** Members as query parameters. Empty members are left out, so that the server's defaults apply. */
export function queryPairs(members) {
  const queryValue = (value) => {
    if (typeof value !== "object") return value;
    const isNumbers = Array.isArray(value) && value.every((item) => typeof item === "number");
    return isNumbers ? value.join(",") : JSON.stringify(value);
  };
  return Object.entries(members)
    .filter(([, value]) => value !== "" && value != null)
    .map(([name, value]) => [name, queryValue(value)]);
}

/** Shows a problem of the server at the field that it names. Returns whether there is such a field. */
export function showServerError({ pointer, message }) {
  const [, name = /^(?:element \d+ of )?'(\w+)'/.exec(message)?.[1]] = /^\/(\w+)/.exec(pointer ?? "") ?? [];
  if (!fields.has(name)) return false;
  showFieldErrors(new Map([[name, message]]));
  return true;
}

const updateSummary = debounce(() => {
  abortController?.abort();
  abortController = new AbortController();
  const { signal } = abortController;
  return reportErrors(byId("model-problem"), async () => {
    const values = formValues();
    if (errorsOf(values, trainedRows()).size) {
      byId("model-summary").replaceChildren(el("p", { class: "muted" }, "Correct the settings first."));
      return;
    }
    if (!isNetwork(values) || values.warm_start) {
      const text = values.warm_start ? "The network is that of the version to continue from."
        : "This detector has no network: nothing to fit, no layers and no encodings.";
      byId("model-summary").replaceChildren(el("p", {}, text, ` ${windowCount(values)}`));
      return;
    }
    const { architecture, units, activation, recurrent_activation, layers } = members(values);
    const network = {
      architecture, units, activation, recurrent_activation, layers, timesteps: timesteps(),
      features: state.data?.features.length ?? 2,
    };
    const request = jsonRequest("summary", network);
    try {
      const summary = await fetchJSON(request, { signal });
      const image = await fetchImage(request);
      if (signal.aborted) return;
      if (imageURL) URL.revokeObjectURL(imageURL);
      imageURL = image;
      render(network, summary, request, windowCount(values));
    } catch (error) {
      if (!(error instanceof Problem) || !showServerError(error)) throw error;
    }
  });
});

/** "574 rows give 555 windows to train on." */
function windowCount({ windowing, stride }) {
  if (!state.data) return "";
  const count = trainedWindows(timesteps(), windowing, Number(stride) || 1);
  return `${plural(count, "window")} to train on.`;
}

function render({ timesteps, features }, summary, request, windows) {
  const formatShape = (shape) => `(${shape.map((size) => size ?? "None").join(", ")})`;
  const text = `${plural(summary.parameters, "parameter")}, windows of ${plural(timesteps, "timestep")} `
    + `and ${plural(features, "feature")}. ${windows}`;
  const rows = summary.layers.map((layer) =>
    [layer.name, layer.type, formatShape(layer.output_shape), formatCount(layer.parameters)]);
  const types = summary.layers.map((layer) => layer.type).join(", ");
  byId("model-summary").replaceChildren(
    el("p", {}, text),
    el(
      "div", { class: "side-by-side" },
      el(
        "div", {},
        table(
          "Layers", ["Name", "Type", "Output shape", "Parameters"], rows,
          { numeric: [3], hiddenCaption: true, stacks: true }),
        el(
          "div", { class: "buttons" }, curlButton("summary", () => request),
          curlButton("diagram", () => ({ ...request, accept: "image/svg+xml", output: "flow.svg" })))),
      imageURL && diagram(imageURL, `Flow diagram: one column per timestep, one row per layer (${types}).`)));
}
