// The Data step: loads data, shows what the server understands of them, and plots them.

import { Problem } from "./api.js";
import { ChartGroup } from "./chartgroup.js";
import { LineChart, legend, seriesColour } from "./charts.js";
import { curlButton } from "./curl.js";
import { Dataset, inspectRequest } from "./dataset.js";
import { fetchReport } from "./decoding.js";
import { byId, el, formatCount, formatNumber, plural, setVisible, table, tableDetails } from "./dom.js";
import { parameter, setParameters } from "./fragment.js";
import { reportErrors } from "./problems.js";
import { updateColumns, updateReport, updateSuggestions } from "./report.js";
import { Source } from "./source.js";
import { use } from "./score.js";
import { emit, on, state } from "./state.js";
import { removeStoredFile, storeFile, storedFile } from "./storage.js";

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
/** The number of points in the table. */
const maxTableRows = 200;

/** The number of columns up to which they are shown at first. */
const maxShownColumns = 16;

let chartGroup = null;
/** The Source that is loaded; null before the first. The server may have refused it. */
let source = null;
/** Returns the settings for the source; null after they have been used. */
let settingsFor = null;
/** Stops the latest inspection when a newer one starts. */
let abortController = null;

export function start() {
  byId("load-example").addEventListener("click", () =>
    load(new Source("article.csv", exampleCSV)));
  byId("file").addEventListener("change", (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file) loadFile(file);
  });
  byId("load-pasted").addEventListener("click", () => loadText(byId("pasted").value));
  byId("inspect-curl").append(...curlButton("inspect", () =>
    source.request("inspect", [], { label: "exclude", fillsMissing: false })));
  byId("missing-rule").addEventListener("change", ({ target }) => {
    source.apply("missing", target.value);
    emit("data");
  });
  for (const field of byId("reading").querySelectorAll("select, input")) {
    field.addEventListener("change", () => emit("option", { option: field.name, value: field.value.trim() }));
  }

  byId("remove-file").addEventListener("click", async () => {
    await removeStoredFile();
    showStored(null);
    byId("data-title").focus();
  });
  restore();

  on("option", ({ option, value }) => {
    source.apply(option, value);
    emit("options");
  });
  on("options", inspect);
  on("data", render);
  on("settings", () => state.data && updateSuggestions(state.data));

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

/** Loads the file that the URL names, if this browser has kept it. */
async function restore() {
  const name = parameter("file");
  const file = await storedFile();
  showStored(file);
  if (name === null || source !== null) return;
  if (file?.name === name) {
    await load(new Source(file.name, file.body, file), { isRestored: true });
  } else {
    byId("data-summary").textContent = `Choose the file ${name} again: this browser has not kept it.`;
  }
}

/** Says which file this browser keeps. */
function showStored(file) {
  setVisible(byId("stored-file"), file !== null);
  byId("stored-file").querySelector("span").textContent =
    `${file?.name} stays in this browser, for a reload of this page, until you remove it.`;
}

async function loadFile(file) {
  // The bytes as they are now. A blob is sent and kept without a copy.
  const bytes = await reportErrors(byId("data-problem"), async () => new Blob([await file.arrayBuffer()]));
  if (bytes) await load(new Source(file.name, bytes, { isFile: true }));
}

function loadText(text) {
  return load(new Source("data.csv", text));
}

/** Default settings for a dataset, with the model's name from that of the file. */
function suggestedSettings(data) {
  const name = data.name
    .replace(/\.[^.]*$/, "").replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return {
    model: name.slice(0, 128) || "model", architecture: "autoencoder",
    timesteps: Math.max(1, Math.min(data.rows >= 300 ? 10 : Math.floor(data.rows / 5), data.rows)),
    windowing: "sliding", units: "32, 16", activation: "tanh", scaling: "robust", epochs: "",
    batch_size: 32, learning_rate: 0.001, loss: "mse", seed: 0,
  };
}

/**
 * Replaces the data by those of a new source, and the settings in the form by what suits them. The URL has
 * the options and the model of a source that `isRestored`.
 */
function load(newSource, { isRestored = false } = {}) {
  source = newSource;
  settingsFor = source.body === exampleCSV ? () => exampleSettings : suggestedSettings;
  if (!isRestored) {
    use(null);
    setParameters({ file: source.name, event: null, rows: null, threshold: null, trained: null });
    storeFile(source).then((isStored) => showStored(isStored ? source : null));
  }
  return inspect();
}

/**
 * Asks the server what it understands of the source with its options.
 * `focus` is the id of the element that has the focus afterwards.
 */
function inspect(focus = null) {
  abortController?.abort();
  abortController = new AbortController();
  const { signal } = abortController;
  // A button that was pressed, and has the focus, may go.
  const focused = document.activeElement;
  byId("data-summary").textContent = `Reading ${source.name} …`;
  for (const field of byId("reading").querySelectorAll("select, input")) {
    field.disabled = field.name === "aggregate" && source.options.interval === undefined;
    field.value = source.options[field.name] ?? "";
    setVisible(field.parentElement, source.isCSV || !["header", "charset"].includes(field.name));
  }
  setVisible(byId("reading"));
  return reportErrors(byId("data-problem"), async () => {
    try {
      const data = await understand(source, signal);
      if (signal.aborted) return;
      state.data = data;
      updateReport(data);
      if (settingsFor) {
        emit("preset", settingsFor(data));
        // Open the columns only if there are few enough to look through.
        byId("columns").open = data.columns.length <= maxShownColumns;
        settingsFor = null;
      }
      emit("data");
    } catch (error) {
      if (error.name === "AbortError") throw error;
      // What is shown of other data, or of other options, would belong to none.
      state.data = null;
      updateColumns(source, source.refusedColumns);
      emit("data");
      throw error;
    } finally {
      if (focus) byId(focus)?.focus();
      else if (!focused.isConnected) byId("data-summary").focus({ preventScroll: true });
    }
  });
}

/** The Dataset of the source. Labels that the server finds in a new source are excluded from the features. */
async function understand(source, signal) {
  const report = async () => {
    const report = await fetchReport(inspectRequest(source), { signal });
    source.update(report);
    return report;
  };
  let latest = await report();
  const { exclude } = latest.suggestions;
  if (settingsFor && exclude !== undefined) {
    source.apply("exclude", exclude);
    latest = await report();
  }
  if (latest.timesteps !== undefined) {
    throw new Problem({
      title: "Windows instead of rows",
      detail: "The file has windows [N][T][F], but this page takes rows [rows][F]. Send windows to the API.",
    });
  }
  return new Dataset(source, latest);
}

function render() {
  const { data } = state;
  setVisible(byId("data-view"), source !== null);
  setVisible(byId("data-report"), data !== null);
  setVisible(byId("missing-field"), data !== null && source.hasMissing);
  byId("missing-rule").value = source.missingRule;
  chartGroup?.clear();
  chartGroup = null;
  byId("data-charts").replaceChildren();
  byId("data-summary").textContent = data ? "" : `${source.name} was not read.`;
  if (data) renderCharts(data);
}

function renderCharts(data) {
  const { features, hasLabels } = data;
  const intervals = data.labelledIntervals();
  const parts = [plural(data.rows, "row"), plural(features.length, "feature")];
  if (hasLabels) parts.push(plural(intervals.length, "labelled anomaly", "labelled anomalies"));
  byId("data-summary").textContent = `${data.name}: ${parts.join(", ")}.`;

  const host = byId("data-charts");
  const values = features.map((column) => data.valuesOf(column));
  chartGroup = new ChartGroup(data.axis, (index) => [
    [data.rowLabel(data.rowOfIndex(index)), null],
    ...features.slice(0, maxPlottedFeatures)
      .map((column, feature) => [column.name, formatNumber(values[feature][index])]),
  ]);
  host.replaceChildren(chartGroup.toolbar);
  const statistics = new Map(data.columns.map((column) => [column.name, column]));
  const addChart = (column, index) => {
    const colour = seriesColour(index);
    const { minimum, maximum } = statistics.get(column.name);
    const range = `from ${formatNumber(minimum)} to ${formatNumber(maximum)}`;
    host.append(legend([[colour, column.name]], hasLabels ? [["label", "labelled anomaly"]] : []));
    const chart = new LineChart(host, {
      series: [{ name: column.name, colour }], axis: data.axis, columns: [values[index]],
      group: chartGroup, height: features.length > 2 ? "short" : "medium",
      description: `${column.name} over ${plural(data.rows, "row")}, ${range}.`,
    });
    chart.setMarks(intervals.map((rows) => ({ rows: data.indicesOfRows(rows), colour: "label" })));
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
  host.append(tableDetails(() => pointTable(data)));
}

/** The points that the charts show. */
function pointTable(data) {
  const { features, rowsPerPoint } = data;
  const { timestamps } = data.report.preview;
  const points = features[0].minimum.length;
  const count = Math.min(points, maxTableRows);
  const range = (column, point) => {
    const [minimum, maximum] = [column.minimum, column.maximum].map((values) => formatNumber(values[point]));
    return minimum === maximum ? minimum : `${minimum} to ${maximum}`;
  };
  const name = rowsPerPoint === 1 ? "rows" : `points of ${plural(rowsPerPoint, "row")}`;
  return table(
    count < points ? `First ${count} of ${formatCount(points)} ${name}` : `All ${name}`,
    [rowsPerPoint === 1 ? "Row" : "First row", ...features.map((column) => column.name)],
    Array.from({ length: count }, (_, point) => [
      timestamps?.at(point) ?? `row ${point * rowsPerPoint}`,
      ...features.map((column) => range(column, point)),
    ]));
}
