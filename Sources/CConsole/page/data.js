// The Data step: has the server read a source with the options that the user chooses, and shows what it
// understands.

import { Problem } from "./api.js";
import { curlButton } from "./curl.js";
import { renderCharts } from "./datacharts.js";
import { Dataset, inspectRequest } from "./dataset.js";
import { fetchReport } from "./decoding.js";
import { byId, plural, setVisible } from "./dom.js";
import { onNavigation, parametersOf, replaceParameters, setParameters } from "./fragment.js";
import * as intake from "./intake.js";
import { reportErrors } from "./problems.js";
import { initialRange } from "./range.js";
import { updateColumns, updateReport, updateSuggestions } from "./report.js";
import { use } from "./score.js";
import { emit, on, state } from "./state.js";

/** The article's settings. */
const exampleSettings = {
  model: "toy", timesteps: 3, windowing: "temporalize", units: "128, 64", activation: "relu",
  scaling: "none", epochs: 300, batch_size: 5,
};

/** The Source that is loaded; null before the first. The server may have refused it. */
let source = null;
/** Whether settings are to be suggested for the source, which nobody has read so far. */
let isNew = false;
/** Whether a column of labels that the server finds is given that role. */
let takesLabels = false;
/** Stops the latest inspection when a newer one starts. */
let abortController = null;

const readingFields = () => byId("reading").querySelectorAll("select, input");

export function start() {
  byId("inspect-curl").append(...curlButton("inspect", () =>
    source.request("inspect", [], { label: "exclude", fillsMissing: false })));
  byId("missing-rule").addEventListener("change", ({ target }) => {
    source.apply("missing", target.value);
    writeOptions();
    emit("data");
  });
  for (const field of readingFields()) {
    field.addEventListener("change", () => emit("option", { option: field.name, value: field.value.trim() }));
  }
  on("option", ({ option, value }) => {
    source.apply(option, value);
    emit("options");
  });
  on("options", (focus) => {
    writeOptions();
    return inspect(focus);
  });
  on("data", render);
  on("settings", () => state.data && updateSuggestions(state.data));
  onNavigation((names) => {
    if (!source || ![...names].some((name) => /^(read|role)\./.test(name))) return;
    readOptions();
    inspect();
  });
  intake.start(load);
}

/**
 * Replaces the data by those of a new source, and the settings in the form by what suits them. The URL has
 * the options, the settings and the model of a source that `isRestored`.
 */
function load(newSource, { isRestored = false } = {}) {
  source = newSource;
  isNew = true;
  byId("drop-zone").classList.add("has-file");
  takesLabels = true;
  if (isRestored) {
    readOptions();
    // The roles that the user has given are all in the URL.
    takesLabels = source.roles.size === 0;
  } else {
    for (const prefix of ["read.", "role.", "set."]) replaceParameters(prefix, {});
    use(null);
    setParameters({
      file: source.name, event: null, rows: null, threshold: null, trained: null, train: null,
    });
  }
  return inspect();
}

/** Takes the options of the source from the URL. */
function readOptions() {
  source.options = Object.fromEntries(parametersOf("read."));
  source.roles = new Map(parametersOf("role."));
}

/** Puts the options of the source into the URL. */
function writeOptions() {
  replaceParameters("read.", source.options);
  replaceParameters("role.", Object.fromEntries(source.roles));
}

/** Settings for new data: the server's defaults, a name from that of the file, and the suggested T. */
function suggestedSettings({ name, report }) {
  const model = name
    .replace(/\.[^.]*$/, "").replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return { model: model.slice(0, 128) || "model", timesteps: report.suggestions.timesteps ?? "" };
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
  for (const field of readingFields()) {
    field.disabled = field.name === "aggregate" && source.options.interval === undefined;
    field.value = source.options[field.name] ?? "";
    setVisible(field.parentElement, source.isCSV || !["header", "charset"].includes(field.name));
  }
  return reportErrors(byId("data-problem"), async () => {
    try {
      const data = await understand(source, signal);
      if (signal.aborted) return;
      state.data = data;
      state.range = initialRange(data);
      if (isNew) emit("preset", source.name === "article.csv" && source.body === intake.exampleCSV
        ? exampleSettings : suggestedSettings(data));
      isNew = false;
      updateReport(data);
      emit("data");
    } catch (error) {
      if (error.name === "AbortError") throw error;
      // What is shown of other data, or of other options, would belong to none.
      Object.assign(state, { data: null, range: null });
      updateColumns(source, source.refusedColumns);
      emit("data");
      setVisible(byId("data-view"), !isOtherKind(error) || source.columns.length > 0);
      throw aboutFile(error);
    } finally {
      if (focus) byId(focus)?.focus();
      else if (!focused.isConnected) byId("data-summary").focus({ preventScroll: true });
    }
  });
}

/** The problem of a file that is refused, in words about the file instead of about a request. */
function aboutFile(error) {
  if (!(error instanceof Problem) || ![400, 415, 422].includes(error.status)) return error;
  const text = error.detail.replace(/^(line 1: )?the (body|document)\b/i, source.name);
  const detail = `${text[0] === source.name[0] ? text[0] : text[0].toUpperCase()}${text.slice(1)}`
    .replace(/[^.]$/, "$&.");
  const title = error.remedies.length ? "Choose how to read the file"
    : isOtherKind(error) ? "Another kind of file" : "The file cannot be read";
  return new Problem({ ...error, detail, title });
}

/** Whether the server knows the file as something else than data, which no option changes. */
const isOtherKind = ({ status, remedies = [] }) => status === 415 && remedies.length === 0;

/** The Dataset of the source. Labels that the server finds in a new source are excluded from the features. */
async function understand(source, signal) {
  const report = (request) => fetchReport(request, { signal });
  let latest = await report(inspectRequest(source));
  source.update(latest);
  const { exclude, ignore = [] } = latest.suggestions;
  if (isNew && takesLabels && exclude !== undefined) {
    source.apply("exclude", exclude);
    // Other columns of labels would give the anomalies away.
    const labels = latest.warnings.filter(({ code }) => code === "label_column")
      .flatMap(({ columns }) => columns);
    for (const name of ignore.filter((name) => labels.includes(name))) source.apply("ignore", name);
    writeOptions();
    latest = await report(inspectRequest(source));
    source.update(latest);
  }
  if (latest.timesteps !== undefined) {
    throw new Problem({
      title: "Windows instead of rows",
      detail: "The file has windows [N][T][F], but this page takes rows [rows][F]. Send windows to the API.",
    });
  }
  const sent = source.reordersRows && latest.time ? await report(inspectRequest(source.asSent)) : null;
  const isAsSent = sent?.rows === latest.rows && ["ascending", "clock_set_back"].includes(sent.time.order);
  return new Dataset(source, latest, sent && !isAsSent ? new Dataset(source, sent) : null);
}

function render() {
  const { data } = state;
  setVisible(byId("data-view"), source !== null);
  setVisible(byId("data-report"), data !== null);
  setVisible(byId("missing-field"), data !== null && source.hasMissing);
  byId("missing-rule").value = source.missingRule;
  renderCharts(data);
  byId("data-summary").textContent = data ? summary(data) : `${source.name} was not read.`;
}

function summary(data) {
  const parts = [plural(data.rows, "row"), plural(data.features.length, "feature")];
  if (data.hasLabels) {
    parts.push(plural(data.labelledIntervals().length, "labelled anomaly", "labelled anomalies"));
  }
  return `${data.name}: ${parts.join(", ")}.`;
}
