// The versions of a model in the Models step: to score with, download, name and delete.

import { fetchJSON, hasKey, jsonRequest, send, url } from "./api.js";
import { byId, el, formatBytes, formatCount, formatNumber, plural, table } from "./dom.js";
import { reportErrors } from "./problems.js";
import { scoreWith, use } from "./score.js";
import { emit, state } from "./state.js";

/** The number of versions that are listed for each model. */
const maxVersions = 5;

const inRegistry = (run) => reportErrors(byId("registry-problem"), run);

/** Shows the newest versions of a model in `host`. */
export async function showVersions(model, host) {
  const path = `models/${encodeURIComponent(model)}`;
  const { versions: numbers, aliases, unreadable } = await fetchJSON({ path });
  // Versions that have names are listed, too.
  const named = numbers.filter((number) => Object.values(aliases).includes(number));
  const listed = [...new Set([...numbers.slice(-maxVersions), ...named])].sort((a, b) => b - a);
  const versions = await Promise.all(
    listed.map((number) => fetchJSON({ path: `${path}/versions/${number}` })));
  const rows = versions.map((version) => [
    String(version.version), aliasCell(version, aliases, path), version.architecture ?? version.detector,
    `${version.timesteps} × ${version.features}`, formatCount(version.parameters),
    formatBytes(4 * version.parameters), formatNumber(version.loss), formatNumber(version.threshold),
    version.created_at.slice(0, 16).replace("T", " "),
    versionActions(version, `${path}/versions/${version.version}`),
  ]);
  const header = [
    "Version", "Aliases", "Detector", "T × F", "Parameters", "Weights", "Loss", "Threshold", "Made",
    "Actions",
  ];
  const hidden = numbers.length - listed.length;
  host.replaceChildren(
    table(`Versions of ${model}`, header, rows, { numeric: [4, 5, 6, 7], hiddenCaption: true, stacks: true }),
    unreadable.length
      ? el("p", { class: "muted" }, `${plural(unreadable.length, "version")} of a newer release not shown.`)
      : "",
    el(
      "div", { class: "buttons" },
      hidden ? el("p", { class: "muted" }, `${plural(hidden, "older version")} not shown`) : null,
      deleteButton(
        `all of ${model}`, `${model} (${plural(numbers.length, "version")})`, path,
        `Delete all of ${model}`)));
}

/** The aliases of a version, which can be removed, and a field for another one. */
function aliasCell({ model, version }, aliases, path) {
  const change = (request, text) => inRegistry(async () => {
    await send(request);
    byId("registry-status").textContent = text;
    emit("registry");
  });
  const own = Object.entries(aliases).filter(([, target]) => target === version).map(([alias]) => alias);
  const aliasPath = (alias) => `${path}/aliases/${encodeURIComponent(alias)}`;
  const input = el("input", {
    "aria-label": `New alias of ${model} ${version}`, required: true,
    pattern: "[A-Za-z][A-Za-z0-9._\\-]{0,127}",
    title: "Letters, digits, dots, underscores and hyphens, after a letter", placeholder: "stable",
    spellcheck: "false", autocomplete: "off",
  });
  const add = (event) => {
    event.preventDefault();
    const alias = input.value.trim();
    change(
      { ...jsonRequest(aliasPath(alias), { version }), method: "PUT" },
      `${alias} is version ${version} of ${model}.`);
  };
  return el(
    "div", { class: "aliases" },
    own.map((alias) => el(
      "span", { class: "alias" }, alias, el("button", {
        type: "button", class: "icon", "aria-label": `Remove the alias ${alias} of ${model}`,
        click: () => change({ method: "DELETE", path: aliasPath(alias) }, `${alias} is removed.`),
      }, "×"))),
    el("form", { submit: add }, input, el("button", { class: "secondary" }, "Add")));
}

function versionActions(version, path) {
  const isInUse = state.model?.model === version.model && state.model.version === version.version;
  const name = `${version.model} ${version.version}`;
  return el(
    "div", { class: "buttons" },
    el("button", {
      type: "button", class: "secondary", disabled: isInUse || !state.data, "aria-label": `Use ${name}`,
      title: state.data ? `Score ${state.data.name} with this version` : "Load data first",
      click: () => scoreWith(version),
    }, isInUse ? "In use" : "Score the file"),
    downloadLink(version, path, "safetensors"), downloadLink(version, path, "onnx"),
    deleteButton(name, `version ${version.version} of ${version.model}`, path));
}

/** A download link. With an API key, which links do not send, a click fetches the file and then saves it. */
function downloadLink({ model, version, architecture }, path, format) {
  // A detector without a network has no graph.
  if (format === "onnx" && architecture === null) return null;
  const filePath = `${path}/model.${format}`;
  const name = `${model}-${version}.${format}`;
  const click = (event) => {
    if (!hasKey()) return;
    event.preventDefault();
    inRegistry(async () => {
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
    await inRegistry(async () => {
      await send({ method: "DELETE", path });
      byId("registry-status").textContent = `Deleted ${target}.`;
      byId("refresh").focus();
      const { model } = state;
      const usedPath = model && `models/${encodeURIComponent(model.model)}/versions/${model.version}`;
      if (model && `${usedPath}/`.startsWith(`${path}/`)) use(null);
      emit("registry");
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
