// What the server has learned: models with their versions, to use, take away and delete.

import { hasKey, json, send, url } from "./api.js";
import { curlButton } from "./curl.js";
import { byId, bytes, count, el, figure, table, things } from "./dom.js";
import { telling } from "./problems.js";
import { emit, on, state } from "./state.js";

/** Models that are listed before somebody asks for more. */
const page = 20;
/** Versions of each that are listed. */
const newest = 5;

let shown = page;
let asked = null;
const opened = new Set();

export function start() {
  byId("refresh").addEventListener("click", list);
  byId("registry-curl").append(...curlButton("models", () => ({ path: "models" })));
  on("models", list);
  on("model", () => emit("models"));
  list();
}

function list() {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  return telling(byId("registry-problem"), async () => {
    const { models, next } = await json({ path: "models", query: [["limit", shown]] }, { signal });
    const entries = models.map(entry);
    const more = el("button", {
      type: "button", click: () => {
        shown += page;
        list();
      },
    }, "More");
    byId("registry-shown").replaceChildren(
      ...(entries.length ? entries : [el("p", { class: "soft" }, "None yet.")]), ...(next ? [more] : []));
  });
}

/** A model, whose versions are asked for when it is opened. */
function entry(latest) {
  const { model } = latest;
  const host = el("div");
  const open = () => details.open && telling(byId("registry-problem"), () => versionsOf(model, host));
  const details = el(
    "details", { toggle: open },
    el("summary", {}, el("strong", {}, model), ` ${latest.architecture}, version ${latest.version}, loss ${figure(latest.loss)}`), host);
  details.open = opened.has(model) || state.model?.model === model;
  details.addEventListener("toggle", () => (details.open ? opened.add(model) : opened.delete(model)));
  return details;
}

async function versionsOf(model, host) {
  const path = `models/${encodeURIComponent(model)}`;
  const { versions, aliases } = await json({ path });
  const latest = versions.slice(-newest).reverse();
  const facts = await Promise.all(latest.map((version) => json({ path: `${path}/versions/${version}` })));
  const named = (version) => Object.entries(aliases).filter(([, one]) => one === version).map(([alias]) => alias);
  const rows = facts.map((fact) => [
    [fact.version, ...named(fact.version)].join(", "), fact.architecture, `${fact.timesteps} × ${fact.features}`,
    count(fact.parameters), bytes(4 * fact.parameters), figure(fact.loss), figure(fact.threshold),
    actions(fact, `${path}/versions/${fact.version}`),
  ]);
  const older = versions.length - latest.length;
  host.replaceChildren(
    table(
      `Versions of ${model}`, ["Version", "Architecture", "T × F", "Parameters", "Weights", "Loss", "Threshold", "Actions"], rows,
      { numeric: [3, 4, 5, 6], hiddenCaption: true, stacks: true }),
    el(
      "div", { class: "buttons" }, older ? el("p", { class: "soft" }, `and ${things(older, "older version")}`) : null,
      remove(`all of ${model}`, `${model} with ${things(versions.length, "version")}`, path, `delete all of ${model}`)));
}

function actions(fact, path) {
  const isInUse = state.model?.model === fact.model && state.model.version === fact.version;
  const name = `${fact.model} ${fact.version}`;
  const use = () => {
    state.model = fact;
    if (state.data.fit(fact.feature_names)) emit("data");
    emit("model");
    document.getElementById("results").scrollIntoView();
  };
  return el(
    "div", { class: "buttons" },
    el(
      "button", { type: "button", class: "quiet", disabled: isInUse || !state.data, "aria-label": `Use ${name}`, click: use },
      isInUse ? "in use" : "use"),
    download(fact, path, "safetensors"), download(fact, path, "onnx"), remove(name, `version ${fact.version} of ${fact.model}`, path));
}

/** A link; where a key is needed, which links don't send, the file is fetched and then saved. */
function download({ model, version }, path, format) {
  const file = `${path}/model.${format}`;
  const name = `${model}-${version}.${format}`;
  const save = (event) => {
    if (!hasKey()) return;
    event.preventDefault();
    telling(byId("registry-problem"), async () => {
      const address = URL.createObjectURL(await (await send({ path: file })).blob());
      el("a", { href: address, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    });
  };
  return el("a", { class: "quiet", href: url(file), download: name, "aria-label": `Download ${name}`, click: save }, format);
}

/** A button that deletes what is at a path, once somebody has said so again. */
function remove(name, what, path, text = "delete") {
  const ask = async () => {
    if (!(await confirmed(what))) return;
    await telling(byId("registry-problem"), async () => {
      await send({ method: "DELETE", path });
      byId("registry-said").textContent = `Deleted ${what}.`;
      byId("refresh").focus();
      const { model } = state;
      if (model && `models/${encodeURIComponent(model.model)}/versions/${model.version}/`.startsWith(`${path}/`)) {
        state.model = null;
        emit("model");
      }
      list();
    });
  };
  return el("button", { type: "button", class: "quiet danger", "aria-label": `Delete ${name}`, click: ask }, text);
}

function confirmed(what) {
  const dialog = byId("delete-dialog");
  byId("delete-title").textContent = `Delete ${what}?`;
  dialog.returnValue = "keep";
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "delete"), { once: true }));
}
