// The Models step: the server's models and versions, to use, download and delete.

import { fetchJSON, hasKey, send, url } from "./api.js";
import { curlButton } from "./curl.js";
import { byId, el, formatBytes, formatCount, formatNumber, plural, table } from "./dom.js";
import { reportErrors } from "./problems.js";
import { scoreWith, use } from "./score.js";
import { emit, on, state } from "./state.js";

/** The number of models that are listed at first, and that each "Show more" adds. */
const pageSize = 20;
/** The number of versions that are listed for each model. */
const maxVersions = 5;

let limit = pageSize;
let abortController = null;
/** The names of the models whose versions are shown; a refresh keeps them open. */
const openModels = new Set();

export function start() {
  byId("refresh").addEventListener("click", refresh);
  byId("registry-curl").append(...curlButton("models", () => ({ path: "models" })));
  on("registry", refresh);
  on("model", () => emit("registry"));
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
  const summary = ` ${kind}, version ${latest.version}, loss ${formatNumber(latest.loss)}`;
  const details = el("details", { toggle }, el("summary", {}, el("strong", {}, model), summary), host);
  details.open = openModels.has(model) || state.model?.model === model;
  details.addEventListener("toggle", () => (details.open ? openModels.add(model) : openModels.delete(model)));
  return details;
}

async function showVersions(model, host) {
  const path = `models/${encodeURIComponent(model)}`;
  const { versions: numbers, aliases } = await fetchJSON({ path });
  const latest = numbers.slice(-maxVersions).reverse();
  const versions =
    await Promise.all(latest.map((number) => fetchJSON({ path: `${path}/versions/${number}` })));
  const aliasesOf = (number) =>
    Object.entries(aliases).filter(([, target]) => target === number).map(([alias]) => alias);
  const rows = versions.map((version) => [
    [version.version, ...aliasesOf(version.version)].join(", "), version.architecture ?? version.detector,
    `${version.timesteps} × ${version.features}`, formatCount(version.parameters),
    formatBytes(4 * version.parameters), formatNumber(version.loss), formatNumber(version.threshold),
    versionActions(version, `${path}/versions/${version.version}`),
  ]);
  const header =
    ["Version", "Architecture", "T × F", "Parameters", "Weights", "Loss", "Threshold", "Actions"];
  const hidden = numbers.length - latest.length;
  host.replaceChildren(
    table(`Versions of ${model}`, header, rows, { numeric: [3, 4, 5, 6], hiddenCaption: true, stacks: true }),
    el(
      "div", { class: "buttons" },
      hidden ? el("p", { class: "muted" }, `${plural(hidden, "older version")} not shown`) : null,
      deleteButton(
        `all of ${model}`, `${model} (${plural(numbers.length, "version")})`, path,
        `Delete all of ${model}`)));
}

function versionActions(version, path) {
  const isInUse = state.model?.model === version.model && state.model.version === version.version;
  const name = `${version.model} ${version.version}`;
  return el(
    "div", { class: "buttons" },
    el("button", {
      type: "button", class: "secondary", disabled: isInUse || !state.data, "aria-label": `Use ${name}`,
      click: () => scoreWith(version),
    }, isInUse ? "In use" : "Use"),
    downloadLink(version, path, "safetensors"), downloadLink(version, path, "onnx"),
    deleteButton(name, `version ${version.version} of ${version.model}`, path));
}

/** A download link. With an API key, which links do not send, a click fetches the file and then saves it. */
function downloadLink({ model, version }, path, format) {
  const filePath = `${path}/model.${format}`;
  const name = `${model}-${version}.${format}`;
  const click = (event) => {
    if (!hasKey()) return;
    event.preventDefault();
    reportErrors(byId("registry-problem"), async () => {
      const blobURL = URL.createObjectURL(await (await send({ path: filePath })).blob());
      el("a", { href: blobURL, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(blobURL), 60_000);
    });
  };
  return el(
    "a", {
      class: "secondary", href: url(filePath), download: name, "aria-label": `Download ${name}`, click,
    }, format);
}

/**
 * A button that deletes a path of the server after the user has confirmed it. `target` says what is deleted.
 */
function deleteButton(name, target, path, text = "Delete") {
  const click = async () => {
    if (!(await confirmDelete(target))) return;
    await reportErrors(byId("registry-problem"), async () => {
      await send({ method: "DELETE", path });
      byId("registry-status").textContent = `Deleted ${target}.`;
      byId("refresh").focus();
      const { model } = state;
      const usedPath = model && `models/${encodeURIComponent(model.model)}/versions/${model.version}`;
      if (model && `${usedPath}/`.startsWith(`${path}/`)) {
        use(null);
      }
      refresh();
    });
  };
  return el(
    "button", { type: "button", class: "secondary danger", "aria-label": `Delete ${name}`, click }, text);
}

function confirmDelete(target) {
  const dialog = byId("delete-dialog");
  byId("delete-title").textContent = `Delete ${target}?`;
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "delete"), { once: true }));
}
