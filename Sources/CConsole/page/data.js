// The Data step: loads a series and plots it.

import { Problem } from "./api.js";
import { ChartGroup, LineChart, legend, seriesColour } from "./charts.js";
import { Dataset, roleNames } from "./dataset.js";
import { byId, el, formatCount, formatNumber, plural, setVisible, table, tableDetails } from "./dom.js";
import { reportErrors } from "./problems.js";
import { emit, on, state } from "./state.js";

/** The data of the article "Step-by-step understanding LSTM Autoencoder layers": x, and the cube of x. */
const exampleCSV = [
  "x,cube", ...Array.from({ length: 9 }, (_, i) => `0.${i + 1},${((i + 1) ** 3 / 1000).toFixed(3)}`), "",
].join("\n");

/** The article's settings. */
const exampleSettings = {
  model: "toy", architecture: "autoencoder", timesteps: 3, windowing: "temporalize", units: "128, 64",
  activation: "relu", scaling: "none", epochs: 300, batch_size: 5, learning_rate: 0.001, loss: "mse", seed: 0,
};

/** The number of features that are plotted at first; a button shows the others. */
const maxPlottedFeatures = 6;
/** The number of rows in the table. */
const maxTableRows = 200;

let chartGroup = null;

export function start() {
  byId("load-example").addEventListener("click", () =>
    load(() => new Dataset("article.csv", exampleCSV), () => exampleSettings));
  byId("file").addEventListener("change", (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file) loadFile(file);
  });
  byId("load-pasted").addEventListener("click", () => loadText(byId("pasted").value));
  byId("missing-rule").addEventListener("change", (event) => {
    state.data.missingRule = event.target.value;
    emit("data");
  });

  on("data", () => render(state.data));

  const dropZone = byId("drop-zone");
  const acceptDrag = (event) => {
    event.preventDefault();
    dropZone.classList.add("drag-over");
  };
  dropZone.addEventListener("dragenter", acceptDrag);
  dropZone.addEventListener("dragover", acceptDrag);
  dropZone.addEventListener("dragleave", () => dropZone.classList.remove("drag-over"));
  dropZone.addEventListener("drop", (event) => {
    event.preventDefault();
    dropZone.classList.remove("drag-over");
    const [file] = event.dataTransfer.files;
    const text = event.dataTransfer.getData("text/plain");
    if (file) loadFile(file);
    else if (text) loadText(text);
  });
  // By default, a browser opens a file that is dropped outside the drop zone and leaves the page.
  for (const name of ["dragover", "drop"]) {
    addEventListener(name, (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
  }
}

function loadFile(file) {
  return load(async () => new Dataset(file.name, await file.text(), { isFile: true }), suggestedSettings);
}

function loadText(text) {
  return load(() => new Dataset("data.csv", text), suggestedSettings);
}

/** Default settings for a dataset, with the model's name from that of the file. */
function suggestedSettings(data) {
  const name = data.name
    .replace(/\.[^.]*$/, "").replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return {
    model: name.slice(0, 128) || "model", architecture: "autoencoder",
    timesteps: Math.max(1, Math.min(data.rows >= 300 ? 10 : Math.floor(data.rows / 5), data.rows)),
    windowing: "sliding", units: "32, 16", activation: "tanh", scaling: "standard", epochs: "",
    batch_size: 32, learning_rate: 0.001, loss: "mse", seed: 0,
  };
}

/**
 * Replaces the data by what `read` returns, and the settings in the form by what `settingsFor` returns for
 * them.
 */
function load(read, settingsFor) {
  return reportErrors(byId("data-problem"), async () => {
    const data = await read();
    if (!data.features.length) {
      const hasDecimalCommas = data.columns.some((column) => /^[-+]?\d+,\d+$/.test(column.firstInvalid));
      throw new Problem({
        title: "No numeric column",
        detail: `No column contains only numbers${hasDecimalCommas ? "; write decimals with a point" : ""}.`,
      });
    }
    Object.assign(state, { data, model: null, windows: null });
    // Open the roles only if there are few enough columns to look through.
    byId("columns").open = data.columns.length > 2 && data.columns.length <= 16;
    emit("preset", settingsFor(data));
    emit("data");
    emit("model");
  });
}

function render(data) {
  setVisible(byId("data-view"));
  setVisible(byId("missing-field"), data.missing > 0);
  byId("missing-rule").value = data.missingRule;
  byId("roles").replaceChildren(...data.columns.map((column, index) => roleField(data, column, index)));
  renderCharts(data);
}

/** The field for a column's role. */
function roleField(data, column, index) {
  const choices = Object.keys(roleNames)
    .filter((role) => column.isNumeric || !["feature", "label"].includes(role));
  const changeRole = (event) => {
    const chosen = event.target.value;
    // Only one column can have each of the other roles.
    if (!["feature", "none"].includes(chosen)) {
      data.roles = data.roles.map((role) => (role === chosen ? "none" : role));
    }
    data.roles[index] = chosen;
    emit("data");
    byId(`role-${index}`).focus();
  };
  return el(
    "label", {}, column.name,
    el("select", { id: `role-${index}`, change: changeRole }, choices.map((role) =>
      el("option", { value: role, selected: data.roles[index] === role }, roleNames[role]))));
}

function renderCharts(data) {
  const features = data.features;
  const intervals = data.labelledIntervals();
  const hasLabels = data.columnsWithRole("label").length > 0;
  const parts = [plural(data.rows, "row"), plural(features.length, "feature")];
  if (data.missing) parts.push(plural(data.missing, "missing value"));
  if (hasLabels) parts.push(plural(intervals.length, "labelled anomaly", "labelled anomalies"));
  byId("data-summary").textContent = `${data.name}: ${parts.join(", ")}.`;

  const host = byId("data-charts");
  chartGroup?.clear();
  chartGroup = new ChartGroup(data.axis(), (row) => [
    data.rowLabel(row),
    ...features.slice(0, maxPlottedFeatures)
      .map((column) => `${column.name} ${formatNumber(column.numbers[row])}`),
  ].join(" · "));
  host.replaceChildren(chartGroup.toolbar);
  const addChart = (column, index) => {
    const colour = seriesColour(index);
    const range = `from ${formatNumber(column.minimum)} to ${formatNumber(column.maximum)}`;
    host.append(legend([[colour, column.name]], hasLabels ? [["label", "labelled anomaly"]] : []));
    const chart = new LineChart(host, {
      series: [{ name: column.name, colour }], axis: data.axis(), columns: [column.numbers],
      group: chartGroup, height: features.length > 2 ? "short" : "medium",
      description: `${column.name} over ${plural(data.rows, "row")}, ${range}.`,
    });
    chart.setMarks(intervals.map((rows) => ({ rows, colour: "label" })));
  };
  features.slice(0, maxPlottedFeatures).forEach(addChart);
  if (features.length > maxPlottedFeatures) {
    const button = el("button", {
      type: "button", click: () => {
        button.remove();
        features.slice(maxPlottedFeatures)
          .forEach((column, index) => addChart(column, index + maxPlottedFeatures));
      },
    }, `Show ${plural(features.length - maxPlottedFeatures, "more feature")}`);
    host.append(button);
  }
  host.append(tableDetails(() => rowTable(data)));
}

function rowTable(data) {
  const rows = Math.min(data.rows, maxTableRows);
  return table(
    rows < data.rows ? `First ${rows} of ${formatCount(data.rows)} rows` : "All rows",
    data.columns.map((column) => column.name),
    Array.from({ length: rows }, (_, row) => data.columns.map((column) => column.texts[row])));
}
