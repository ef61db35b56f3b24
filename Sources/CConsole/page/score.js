// The model in use: chosen beside the data, in the registry, by training, or by the URL.

import { fetchJSON } from "./api.js";
import { onNavigation, parameter, setParameters } from "./fragment.js";
import { byId } from "./dom.js";
import { reportErrors } from "./problems.js";
import { emit, on, state } from "./state.js";
import { show } from "./views.js";

export function start() {
  on("data", restore);
  onNavigation((names) => {
    if (names.has("model") || names.has("version")) restore();
  });
}

/** Scores the data with a version, as returned by the server, and shows the results. */
export function scoreWith(version) {
  setParameters({ event: null, rows: null, threshold: null });
  use(version);
  show("results");
}

/** Makes a version the model in use, or none. */
export function use(version) {
  state.model = version;
  setParameters({ model: version?.model, version: version?.version });
  if (version && state.data?.source.releaseFeatures(version.feature_names)) emit("options");
  emit("model");
}

/** Uses the version that the URL names, if it is another than the one in use. */
function restore() {
  const [model, version] = [parameter("model"), parameter("version")];
  const { model: used } = state;
  if (!state.data || (used?.model ?? null) === model && String(used?.version ?? "") === (version ?? "")) return;
  reportErrors(byId("results-problem"), async () => {
    const path = model && `models/${encodeURIComponent(model)}/versions/${encodeURIComponent(version)}`;
    use(model ? await fetchJSON({ path }) : null);
  });
}
