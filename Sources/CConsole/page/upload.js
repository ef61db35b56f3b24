// Model files: one that is chosen or dropped instead of data is offered to be uploaded.

import { fetchJSON } from "./api.js";
import { byId, el, formatBytes } from "./dom.js";
import { reportErrors } from "./problems.js";
import { use } from "./score.js";
import { emit } from "./state.js";
import { show } from "./views.js";

/**
 * Whether a file of `size` bytes is of the format safetensors: the length of a JSON header in 8 bytes, and
 * the header. `start` is the first bytes, each as a character.
 */
export function isModelFile(name, start, size) {
  if (/\.safetensors$/i.test(name)) return true;
  if (start.slice(8, 10) !== '{"') return false;
  const length = [...start.slice(0, 8)]
    .reduce((sum, byte, index) => sum + byte.charCodeAt(0) * 256 ** index, 0);
  return length >= 2 && length <= size - 8;
}

/** Shows a form in `host` that uploads a model file as a new version. The data in use stay. */
export function offerUpload(fileName, body, host = byId("upload-offer")) {
  const name = el("input", {
    required: true, maxlength: "128", pattern: "[A-Za-z0-9][A-Za-z0-9._\\-]*", spellcheck: "false",
    value: modelName(fileName), title: "Letters, digits, dots, underscores and hyphens",
  });
  const problem = el("div", { role: "alert" });
  const form = el(
    "form", {
      class: "upload", submit: (event) => {
        event.preventDefault();
        reportErrors(problem, () => upload(name.value, body, host));
      },
    },
    el("p", {}, el("strong", {}, fileName), ` is a model file (${formatBytes(body.size)}), not data.`),
    el(
      "div", { class: "buttons" },
      el("label", {}, "Upload as a version of ", name),
      el("button", { class: "primary" }, "Upload model"),
      el("button", { type: "button", click: () => host.replaceChildren() }, "Cancel")),
    problem);
  host.replaceChildren(form);
  name.focus();
}

/** "pump-3.safetensors", as the page downloads it, is a version of pump. */
const modelName = (fileName) =>
  fileName.replace(/\.safetensors$/i, "").replace(/-\d+( ?\(\d+\))?$/, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "").slice(0, 128) || "model";

async function upload(model, body, host) {
  const version = await fetchJSON({
    method: "PUT", path: `models/${encodeURIComponent(model)}/model.safetensors`, body,
    contentType: "application/octet-stream",
  });
  host.replaceChildren();
  use(version);
  emit("registry");
  byId("registry-status").textContent = `Uploaded: version ${version.version} of ${version.model}.`;
  show("registry");
}
