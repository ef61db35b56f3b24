// The line that does in a shell what the page does.

import { hasKey, url } from "./api.js";
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
  else parts.push(`--data-binary @- <<'END'\n${body.replace(/\n$/, "")}\nEND`);
  return parts.join(" ");
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
        line.textContent = curlLine(request());
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
