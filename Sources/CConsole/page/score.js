// The model in use: chosen beside the data, in the registry, by training, or by the URL.

import { fetchJSON } from "./api.js";
import { onNavigation, parameter, setParameters } from "./fragment.js";
import { byId, el, setVisible } from "./dom.js";
import { reportErrors } from "./problems.js";
import { emit, on, state } from "./state.js";
import { show } from "./views.js";

/** The maximum number of models to choose from. */
const maxModels = 100;

export function start() {
  byId("score-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const version = choices[event.target.elements.version.value];
    if (version) scoreWith(version);
  });
  on("data", restore);
  on("data", updateForm);
  on("registry", updateForm);
  onNavigation((names) => {
    if (names.has("model") || names.has("version")) restore();
  });
}

/**
 * Scores the data with a version, as returned by the server, and shows the results. `trainedRows` are the
 * first and the last row of the data that it was trained with; null if it was trained with other data.
 */
export function scoreWith(version, { trainedRows = null } = {}) {
  setParameters({ event: null, rows: null, threshold: null, trained: trainedRows?.join("-") });
  use(version);
  show("results");
}

/** Makes a version the model in use, or none. */
export function use(version) {
  state.model = version;
  lastModel = version?.model ?? lastModel;
  setParameters({ model: version?.model, version: version?.version });
  if (version && state.data?.source.releaseFeatures(version.feature_names)) emit("options");
  emit("model");
}

/** The latest versions of the models that fit the data. */
let choices = [];
/** The model that was used last, which is the first to choose. */
let lastModel = parameter("model");
let abortController = null;

/** Offers the models that fit the data, the newest first. */
async function updateForm() {
  const form = byId("score-form");
  abortController?.abort();
  abortController = new AbortController();
  const { signal } = abortController;
  const { data } = state;
  if (!data) return setVisible(form, false);
  return reportErrors(byId("data-problem"), async () => {
    const { models } = await fetchJSON({ path: "models", query: [["limit", maxModels]] }, { signal });
    choices = models.filter((version) => fits(version, data))
      .sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
    setVisible(form, choices.length > 0);
    const option = ({ model, version, timesteps }, index) =>
      el(
        "option", { value: String(index), selected: model === lastModel },
        `${model}, version ${version} (T ${timesteps})`);
    form.replaceChildren(
      el("label", { for: "score-version" }, "Score with"),
      el("select", { id: "score-version", name: "version" }, choices.map(option)),
      el("button", { class: "primary" }, "Score"));
  });
}

/** Whether the data have the features of a version. */
function fits({ feature_names: names, features }, data) {
  if (!names || !data.source.isCSV) return features === data.features.length;
  const columns = new Set(data.columns.filter(({ role }) => role !== "timestamp").map(({ name }) => name));
  return names.every((name) => columns.has(name));
}

/** Uses the version that the URL names, or the latest, if it is another than the one in use. */
function restore() {
  const model = parameter("model");
  const version = model && (parameter("version") ?? "latest");
  const { model: used } = state;
  if (!state.data) return;
  if ((used?.model ?? null) === model && String(used?.version ?? "") === (version ?? "")) return;
  reportErrors(byId("results-problem"), async () => {
    const path = model && `models/${encodeURIComponent(model)}/versions/${encodeURIComponent(version)}`;
    use(model ? await fetchJSON({ path }) : null);
  });
}
