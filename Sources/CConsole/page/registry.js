// The Models step: the server's models and versions, to use, download and delete.

import { fetchJSON } from "./api.js";
import { curlButton } from "./curl.js";
import { byId, el, formatNumber } from "./dom.js";
import { reportErrors } from "./problems.js";
import { emit, on, state } from "./state.js";
import { offerUpload } from "./upload.js";
import { showVersions } from "./versions.js";

/** The number of models that are listed at first, and that each "Show more" adds. */
const pageSize = 20;

let limit = pageSize;
let abortController = null;
/** The names of the models whose versions are shown; a refresh keeps them open. */
const openModels = new Set();
/** The name of the data for which the versions were listed. */
let dataName = null;

export function start() {
  byId("refresh").addEventListener("click", refresh);
  byId("registry-curl").append(...curlButton("models", () => ({ path: "models" })));
  byId("model-file").addEventListener("change", ({ target }) => {
    const [file] = target.files;
    target.value = "";
    if (file) offerUpload(file.name, file, byId("registry-upload"));
  });
  on("registry", refresh);
  on("model", () => emit("registry"));
  // A version can be used if there are data.
  on("data", () => {
    const name = state.data?.name ?? null;
    if (name !== dataName) emit("registry");
    dataName = name;
  });
  refresh();
}

function refresh() {
  abortController?.abort();
  abortController = new AbortController();
  const { signal } = abortController;
  return reportErrors(byId("registry-problem"), async () => {
    const { models, next } = await fetchJSON({ path: "models", query: [["limit", limit]] }, { signal });
    const entries = models.map(modelEntry);
    const moreButton = el("button", {
      type: "button", click: () => {
        limit += pageSize;
        refresh();
      },
    }, "Show more");
    byId("registry-view").replaceChildren(
      ...(entries.length ? entries : [el("p", { class: "muted" }, "No models.")]),
      ...(next ? [moreButton] : []));
  });
}

/** The entry of a model, made from its latest version. Its versions are fetched when it is opened. */
function modelEntry(latest) {
  const { model } = latest;
  const host = el("div");
  const toggle = () =>
    details.open && reportErrors(byId("registry-problem"), () => showVersions(model, host));
  const kind = latest.architecture ?? latest.detector;
  const loss = latest.loss === null ? "" : `, loss ${formatNumber(latest.loss)}`;
  const summary = ` ${kind}, version ${latest.version}${loss}`;
  const details = el("details", { toggle }, el("summary", {}, el("strong", {}, model), summary), host);
  details.open = openModels.has(model) || state.model?.model === model;
  details.addEventListener("toggle", () => (details.open ? openModels.add(model) : openModels.delete(model)));
  return details;
}
