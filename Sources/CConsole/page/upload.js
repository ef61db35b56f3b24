// Model files: one that is chosen or dropped instead of data is offered to be uploaded.

import { fetchJSON } from "./api.js";
import { byId, el, formatBytes } from "./dom.js";
import { reportErrors } from "./problems.js";
import { use } from "./score.js";
import { emit } from "./state.js";
import { show } from "./views.js";

/** Whether a file is of the format safetensors: the length of a JSON header in 8 bytes, and the header. */
export function isModelFile(name, bytes) {
  if (/\.safetensors$/i.test(name)) return true;
  if (bytes.length < 10) return false;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  return length >= 2n && length <= BigInt(bytes.length - 8)
    && String.fromCharCode(...bytes.slice(8, 10)) === '{"';
}

/** Shows a form in `host` that uploads a model file as a new version. The data in use stay. */
export function offerUpload(fileName, bytes, host = byId("upload-offer")) {
  const name = el("input", {
    required: true, maxlength: "128", pattern: "[A-Za-z0-9][A-Za-z0-9._\\-]*", spellcheck: "false",
    value: modelName(fileName), title: "Letters, digits, dots, underscores and hyphens",
  });
  const problem = el("div", { role: "alert" });
  const form = el(
    "form", {
      class: "upload", submit: (event) => {
        event.preventDefault();
        reportErrors(problem, () => upload(name.value, bytes, host));
      },
    },
    el("p", {}, el("strong", {}, fileName), ` is a model file (${formatBytes(bytes.length)}), not data.`),
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

async function upload(model, bytes, host) {
  const version = await fetchJSON({
    method: "PUT", path: `models/${encodeURIComponent(model)}/model.safetensors`, body: bytes,
    contentType: "application/octet-stream",
  });
  host.replaceChildren();
  use(version);
  emit("registry");
  byId("registry-status").textContent = `Uploaded: version ${version.version} of ${version.model}.`;
  show("registry");
}
