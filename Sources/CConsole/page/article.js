// The steps of "Read along": the article "Step-by-step understanding LSTM Autoencoder layers", with the page
// and the numbers of the model that the page trains.

import { Problem, fetchImage, fetchJSON, jsonRequest, send } from "./api.js";
import { byId, el, formatCount, table } from "./dom.js";
import { emit, state } from "./state.js";

const timesteps = 3;
const network = { timesteps, features: 2, units: [128, 64], activation: "relu" };

/** The Dataset of the example; another one if the reader has changed or replaced the data. */
let example = null;

/** Waits until `isTrue`; returns early if the signal aborts. */
async function until(isTrue, signal) {
  while (!isTrue() && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 50));
}

/**
 * Presses a button of the page, which is disabled while it works, and waits for the result, unless there is
 * one.
 */
async function press(id, problem, isDone, signal) {
  const isIdle = () => !byId(id).disabled;
  // It may be at work since an earlier visit of the step.
  await until(isIdle, signal);
  if (isDone() || signal.aborted) return;
  byId(id).click();
  await until(isIdle, signal);
  if (!isDone() && !signal.aborted && byId(problem).textContent !== "") throw pageProblem();
}

const pageProblem = () =>
  new Problem({ title: "Stopped", detail: "the page shows a problem. Go on when it is solved." });

async function loadExample(signal) {
  const { data } = state;
  if (example && data === example) return;
  byId("load-example").click();
  const isNew = () => state.data && state.data !== data;
  await until(() => isNew() || byId("data-problem").textContent !== "", signal);
  if (signal.aborted) return;
  if (!isNew()) throw pageProblem();
  example = state.data;
}

async function train(signal) {
  await loadExample(signal);
  await press("train", "train-problem", () => state.model !== null, signal);
}

async function compare(signal) {
  await loadExample(signal);
  const isDone = () => byId("comparison-view").childElementCount > 0;
  await press("compare", "comparison-problem", isDone, signal);
}

// Numbers.

const fixed = (number) => number.toFixed(3);

/** The rows of the example, `[row][feature]`. */
const rowsOf = (data) => {
  const columns = data.features.map((feature) => data.valuesOf(feature));
  return Array.from(columns[0], (_, row) => columns.map((values) => values[row]));
};

/** The article's windows, as numbers of rows. */
const windowsOf = (data) =>
  data.windowStarts(timesteps, "temporalize").map((start) =>
    Array.from({ length: timesteps }, (_, step) => start + step));

/** A table of numbers; the first column names the rows. */
const numbers = (caption, header, rows) =>
  table(caption, header, rows, { numeric: header.map((_, index) => index).slice(1) });

/** The response of the server for the windows of the article. */
const ask = (path, query, signal) =>
  fetchJSON(
    state.data.request(path, [["windowing", "temporalize"], ...query], { model: state.model }), { signal });

/** Shows the article's first window in the page. */
async function selectFirstWindow(signal) {
  await train(signal);
  await until(() => state.windows || byId("results-problem").textContent !== "", signal);
  if (signal.aborted) return;
  if (!state.windows) throw pageProblem();
  emit("selectedWindow", state.windows.starts.indexOf(windowsOf(state.data)[0][0]));
}

/** The layers of the model with their outputs for the first window, by name. */
async function layerOutputs(signal) {
  const { layers } = await ask("layers", [["window", 0]], signal);
  return new Map(layers.map((layer) => [layer.name, layer.outputs[0]]));
}

/** The tensors of the model's file, by name (https://huggingface.co/docs/safetensors). */
async function tensors(signal) {
  const { model, version } = state.model;
  const response = await send({ path: `models/${model}/versions/${version}/model.safetensors` }, { signal });
  const bytes = await response.arrayBuffer();
  const start = 8 + new DataView(bytes).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, start - 8)));
  return (name) => {
    const { data_offsets: [first, end] } = header[name];
    return new Float32Array(bytes.slice(start + first, start + end));
  };
}

// The contents of the steps.

/** A picture of a blob URL. */
const picture = (src, alt) => el("img", { src, alt, load: () => URL.revokeObjectURL(src) });

function windowTable() {
  const rows = rowsOf(state.data);
  const used = windowsOf(state.data).map((window, index) => [`Window ${index + 1}`, window]);
  const [[, [first]]] = used;
  const left = Array.from({ length: first }, (_, start) =>
    ["Left out", Array.from({ length: timesteps }, (_, step) => start + step)]);
  const cells = ([name, window]) => [name, ...window.map((row) => rows[row].map(fixed).join(", "))];
  const header = ["", "Step 1", "Step 2", "Step 3"];
  return [numbers("Windows of three rows, each (x, cube)", header, [...used, ...left].map(cells))];
}

async function sequenceDiagrams() {
  const figures = await Promise.all([true, false].map(async (isTrue) => {
    const layers = [{ type: "LSTM", units: 128, activation: "relu", return_sequences: isTrue }];
    const text = `return_sequences: ${isTrue}`;
    const alt = isTrue
      ? "An LSTM layer whose cells each emit a vector, (None, 3, 128)."
      : "An LSTM layer of which only the last cell emits a vector, (None, 128).";
    const image = await fetchImage(jsonRequest("summary", { timesteps, features: 2, layers }));
    return el("figure", {}, el("figcaption", {}, el("code", {}, text)), picture(image, alt));
  }));
  return figures;
}

async function predictionTable(signal) {
  const { reconstructions } = await ask("reconstruct", [], signal);
  const actual = rowsOf(state.data);
  const rows = windowsOf(state.data).flatMap((window, index) =>
    window.map((row, step) => [
      step === 0 ? `Window ${index + 1}` : "",
      ...actual[row].flatMap((value, feature) => [value, reconstructions[index][step][feature]]).map(fixed),
    ]));
  return [numbers(
    "Actual and predicted values of the five windows",
    ["", "x", "predicted", "cube", "predicted"], rows)];
}

/** The first numbers of vectors, by the names of their rows. */
const vectors = (caption, named) =>
  numbers(
    caption, ["", "0", "1", "2", "3", "4", "5", ""],
    named.map(([name, vector]) => [name, ...Array.from(vector.slice(0, 6), fixed), "…"]));

async function repeatTable(signal) {
  const outputs = await layerOutputs(signal);
  const copies = outputs.get("repeat_vector");
  return [vectors("The first 6 of 64 numbers", [
    ["lstm_1", outputs.get("lstm_1")],
    ...copies.map((copy, step) => [`copy ${step + 1}`, copy]),
    ...outputs.get("lstm_2").map((vector, step) => [`lstm_2, step ${step + 1}`, vector]),
  ])];
}

async function productTable(signal) {
  const [outputs, tensor] = await Promise.all([layerOutputs(signal), tensors(signal)]);
  const u = outputs.get("lstm_3");
  const v = tensor("time_distributed/dense/kernel");
  const b = tensor("time_distributed/dense/bias");
  const product = u.map((row) =>
    Array.from(b, (bias, column) => row.reduce((sum, value, k) => sum + value * v[2 * k + column], bias)));
  const served = outputs.get("time_distributed");
  return [
    vectors("U: the first 6 of 128 columns", u.map((row, step) => [`step ${step + 1}`, row])),
    vectors("V: the first 6 of 128 rows, as columns", [0, 1].map((column) =>
      [`to ${["x", "cube"][column]}`, v.filter((_, index) => index % 2 === column)])),
    numbers(
      "U · V + b, computed by this page, and what the server returns",
      ["", "x", "cube", "Server: x", "Server: cube"],
      product.map((row, step) => [`step ${step + 1}`, ...row.map(fixed), ...served[step].map(fixed)])),
  ];
}

async function encodingTable(signal) {
  const { encodings: [encoding] } = await ask("encode", [], signal);
  const rows = Array.from({ length: 8 }, (_, row) =>
    [`${8 * row}`, ...encoding.slice(8 * row, 8 * row + 8).map(fixed)]);
  const header = ["", ...Array.from({ length: 8 }, (_, column) => `+${column}`)];
  return [numbers(`The encoding of window 1: ${encoding.length} numbers`, header, rows)];
}

async function regularNetwork(signal) {
  const regular = { ...network, architecture: "stacked" };
  const request = jsonRequest("summary", regular);
  const [summary, image] = await Promise.all([fetchJSON(request, { signal }), fetchImage(request)]);
  const alt = "Flow diagram of the regular network: no layer reduces the timesteps to one vector.";
  return [el("p", {}, `${formatCount(summary.parameters)} parameters.`), picture(image, alt)];
}

const code = (text) => el("code", {}, text);

/**
 * The steps: a title; the id of the place on the page that is shown, whose section is highlighted; paragraphs
 * (`text`); and optionally what the step does with the page (`act`), and nodes that are shown below the
 * paragraphs when that is done (`content`).
 */
export const steps = [
  {
    title: "An LSTM autoencoder, step by step", place: "data",
    text: [
      "This tour goes through the article “Step-by-step understanding LSTM Autoencoder layers” "
        + "(Chitta Ranjan, 2019) with this page.",
      [
        "It loads the article's data in place of yours, and trains three small models on this server: ",
        code("toy"), ", ", code("toy-autoencoder"), " and ", code("toy-stacked"),
        ". That takes some seconds.",
      ],
      "The arrow keys go to the next and the previous step, and Esc ends the tour.",
    ],
  },
  {
    title: "The data: nine rows of two variables", place: "data-charts", act: loadExample,
    text: [
      "The first variable, x, goes from 0.1 to 0.9. The second is the cube of the first.",
      "The network will learn to rebuild short pieces of this series from a single vector.",
    ],
  },
  {
    title: "temporalize makes five windows", place: "data-charts", act: loadExample, content: windowTable,
    text: [
      "An LSTM reads windows: here 3 rows, the article's lookback, of 2 features.",
      "The article's function takes 9 − 3 − 1 = 5 windows, of which the first starts at row 2, "
        + "counted from 0. So it leaves out the windows that start at rows 0 and 1. Sliding windows, the "
        + "default for other data, leave out none.",
    ],
  },
  {
    title: "The network", place: "model-summary", act: loadExample,
    text: [
      "The encoder, two LSTM layers with 128 and 64 units, reduces the window to 64 numbers. "
        + "RepeatVector copies them for each timestep. The decoder, mirrored, makes sequences of them "
        + "again, and TimeDistributed(Dense) makes 2 values of each timestep.",
      "An LSTM with N inputs and H units has 4 · H · (N + H + 1) parameters. The first has 4 · 128 · "
        + "131 = 67,072, all together 248,578.",
    ],
  },
  {
    title: "return_sequences: true or false", place: "model-summary", content: sequenceDiagrams,
    text: [
      "The same LSTM layer, drawn by the server. With true, each timestep emits its output, as the "
        + "next LSTM needs it. With false, only the last timestep emits its output: the layer returns one "
        + "vector for the window. The parameters are the same.",
      "In the autoencoder, only the encoder's last layer has false.",
    ],
  },
  {
    title: "Training", place: "training", act: train,
    text: [
      "300 epochs with all five windows in a batch. The target is the input itself.",
      "The chart shows the mean squared error by epoch on a logarithmic scale. The article has no "
        + "scaling of the data and the activation relu; the settings of the example are the same.",
    ],
  },
  {
    title: "Predicted beside actual", place: "results", act: train, content: predictionTable,
    text: [
      "What the network rebuilds from each window: close to the actual values, but not equal. Two "
        + "runs of the article differ as much, because the weights start at random.",
      "The error of a reconstruction is what this server scores. The page scores all rows, and flags "
        + "the first ones: temporalize has left them out of the training, and the network reconstructs "
        + "worse what it has never seen.",
    ],
  },
  {
    title: "RepeatVector", place: "layers-view", act: selectFirstWindow, content: repeatTable,
    text: [
      "The section shows the output of every layer for the first of the five windows. Its number on "
        + "the page is 2, because the page has all 7 windows, from 0.",
      "RepeatVector copies the output of lstm_1 three times; it has no weights.",
      "The decoder's first layer, lstm_2, gets the same input at each timestep. Its outputs differ "
        + "because its state does.",
    ],
  },
  {
    title: "TimeDistributed(Dense(2))", place: "layers-view", act: selectFirstWindow,
    content: productTable,
    text: [
      "The last layer multiplies U, the output of lstm_3 (3 × 128), by its weights V (128 × 2) and "
        + "adds two biases b. The result is 3 × 2, the shape of the window. Each timestep uses the same "
        + "V.",
      "This page has read V and b from the model's file.",
    ],
  },
  {
    title: "The encoding", place: "encodings", act: train, content: encodingTable,
    text: [
      "The output of the encoder is the encoding. It can be clustered or classified. The chart shows "
        + "the encodings of all windows in two dimensions.",
      "The zeros come from relu.",
    ],
  },
  {
    title: "The regular network", place: "comparison", content: regularNetwork,
    text: [
      "The article's other network has the same layers without RepeatVector, and all its LSTMs return "
        + "sequences. It keeps the time axis, so it has no encoding, and a timestep of the output depends on "
        + "the timesteps of the input up to this one.",
      "It has as many parameters: neither return_sequences nor RepeatVector adds any.",
    ],
  },
  {
    title: "Food for thought", place: "comparison-view", act: compare,
    text: [
      "Without a bottleneck, the regular network may reconstruct better. Is it then better at "
        + "detecting rare events? The article leaves the question open. Compare has trained both: on "
        + "these five windows they reconstruct alike.",
      "On labelled data the answer depends on how the error is measured, and neither is better "
        + "everywhere: a network that can copy its input also copies faults. docs/article.md and "
        + "docs/detection.md have the measurements. Compare does the same for your data if they have a "
        + "column of labels.",
    ],
  },
];
