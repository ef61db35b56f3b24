// The curl command for a request of the page.

import { Problem, hasKey, url } from "./api.js";
import { el } from "./dom.js";
import { on } from "./state.js";

const shellQuoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * The curl command for a request. A body with a `file` name is read from that file; any other body is part of
 * the command. The API key is taken from the shell's environment and never printed.
 */
function curlCommand({ method = "GET", path, query, body, file, contentType, accept, output }) {
  const words = ["curl", shellQuoted(url(path, query))];
  if (hasKey()) words.push('-H "Authorization: Bearer $REPRISE_API_KEY"');
  if (accept) words.push("-H", shellQuoted(`Accept: ${accept}`));
  if (body == null && method !== "GET") words.push("-X", method);
  if (output) words.push("-o", shellQuoted(output));
  if (body == null) return words.join(" ");
  if (contentType !== "application/json") words.push("-H", shellQuoted(`Content-Type: ${contentType}`));
  if (file) words.push("--data-binary", `@${shellQuoted(file)}`);
  else if (contentType === "application/json") words.push("-d", shellQuoted(body));
  else words.push(hereDocument(body.replace(/\n$/, "")));
  return words.join(" ");
}

/**
 * A here-document. Its delimiter is no line of the body; otherwise the shell would run the rest of the body
 * as commands.
 */
function hereDocument(body) {
  const lines = new Set(body.split(/[\r\n]+/));
  let delimiter = "END";
  while (lines.has(delimiter)) delimiter += "_";
  return `--data-binary @- <<'${delimiter}'\n${body}\n${delimiter}`;
}

/** The function that shows the command of each panel again. */
const panels = new WeakMap();

/** The commands that are shown follow the data and the settings. */
for (const event of ["data", "settings"]) {
  on(event, () => {
    for (const panel of document.querySelectorAll(".curl-command:not([hidden])")) panels.get(panel)?.();
  });
}

/**
 * A button that shows and copies the curl command for the request that `makeRequest` returns, and the place
 * for it.
 */
export function curlButton(name, makeRequest) {
  const command = el("pre", { tabindex: "0", role: "region", "aria-label": `curl command: ${name}` });
  const status = el("span", { role: "status", class: "muted" });
  const panel = el("div", { class: "curl-command", hidden: true }, command, status);
  /** Shows the command and returns whether there is one. */
  const show = () => {
    try {
      command.textContent = curlCommand(makeRequest());
      status.textContent = "";
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      command.textContent = "";
      status.textContent = `${error.title}: ${error.message}`;
      return false;
    }
  };
  panels.set(panel, show);
  const button = el(
    "button", {
      type: "button", class: "secondary", "aria-expanded": "false",
      click: async () => {
        const isExpanded = panel.hidden;
        panel.hidden = !isExpanded;
        button.setAttribute("aria-expanded", String(isExpanded));
        if (!isExpanded) return;
        if (show()) status.textContent = await copyText(command);
      },
    }, `curl ${name}`);
  return [button, panel];
}

/**
 * Copies an element's text, or selects it where the browser denies access to the clipboard, as it does for
 * pages that come neither over TLS nor from localhost. Returns what was done, for the user.
 */
async function copyText(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return "Copied.";
  } catch {
    getSelection().selectAllChildren(element);
    return "Selected. Press Ctrl+C or ⌘C to copy.";
  }
}
