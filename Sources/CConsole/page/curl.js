// The line that does in a shell what the page does.

import { Problem, hasKey, url } from "./api.js";
import { el } from "./dom.js";

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * The line for a request. A body that has a `file` is read from it, a short one stands in the line itself.
 * The key is left to the shell's environment.
 */
function curlLine({ method = "GET", path, query, body, file, type, accept, output }) {
  const parts = ["curl", quoted(url(path, query))];
  if (hasKey()) parts.push('-H "Authorization: Bearer $REPRISE_API_KEY"');
  if (accept) parts.push("-H", quoted(`Accept: ${accept}`));
  if (body == null && method !== "GET") parts.push("-X", method);
  if (output) parts.push("-o", quoted(output));
  if (body == null) return parts.join(" ");
  if (type !== "application/json") parts.push("-H", quoted(`Content-Type: ${type}`));
  if (file) parts.push("--data-binary", `@${quoted(file)}`);
  else if (type === "application/json") parts.push("-d", quoted(body));
  else parts.push(hereDocument(body.replace(/\n$/, "")));
  return parts.join(" ");
}

/** Ends with a line that the body hasn't, or else what follows that would be commands. */
function hereDocument(body) {
  const lines = new Set(body.split(/[\r\n]+/));
  let end = "END";
  while (lines.has(end)) end += "_";
  return `--data-binary @- <<'${end}'\n${body}\n${end}`;
}

/** A button that shows the line for what `request` gives, and copies it. */
export function curlButton(name, request) {
  const line = el("pre", { tabindex: "0", role: "region", "aria-label": `curl line, ${name}` });
  const said = el("span", { role: "status", class: "soft" });
  const shown = el("div", { class: "curl-line", hidden: true }, line, said);
  const button = el(
    "button", {
      type: "button", class: "quiet", "aria-expanded": "false",
      click: async () => {
        const isShown = shown.hidden;
        shown.hidden = !isShown;
        button.setAttribute("aria-expanded", String(isShown));
        if (!isShown) return;
        try {
          line.textContent = curlLine(request());
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          line.textContent = "";
          said.textContent = `${error.title}: ${error.message}`;
          return;
        }
        said.textContent = await copied(line);
      },
    }, `curl ${name}`);
  return [button, shown];
}

/** Browsers give the clipboard only to pages that came over TLS or from this machine. */
async function copied(line) {
  try {
    await navigator.clipboard.writeText(line.textContent);
    return "Copied.";
  } catch {
    getSelection().selectAllChildren(line);
    return "Selected: copy it with Ctrl+C or ⌘C.";
  }
}
