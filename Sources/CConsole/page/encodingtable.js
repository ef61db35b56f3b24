// The table of encodings: the start and the score of each window and its Z values, to copy and as CSV.

import { el, formatNumber, plural, table } from "./dom.js";
import { emit } from "./state.js";
import { show } from "./views.js";

/** The number of windows in the table on the page; the copy and the file have all. */
const maxTableRows = 50;

/**
 * `points` are `{window, start, score, label}` with their `encodings`. `loadAll` returns a promise of the
 * same for all windows of the data.
 */
export function encodingTable(points, encodings, { name, loadAll }) {
  const status = el("span", { role: "status", class: "muted" });
  const order = points.map((_, index) => index).sort((a, b) => points[b].score - points[a].score);
  const shown = order.slice(0, maxTableRows);
  const copy = async () => {
    const text = textOf(points, encodings, "\t");
    try {
      await navigator.clipboard.writeText(text);
      status.textContent = `Copied ${plural(points.length, "row")}.`;
    } catch {
      status.textContent = "The browser denies access to the clipboard. Download the CSV file instead.";
    }
  };
  const download = async () => {
    status.textContent = "Encoding all windows …";
    const all = await loadAll();
    if (!all) return;
    const blob = new Blob([textOf(all.points, all.encodings, ",")], { type: "text/csv" });
    const blobURL = URL.createObjectURL(blob);
    el("a", { href: blobURL, download: `${name}-encodings.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(blobURL), 60_000);
    status.textContent = `${plural(all.points.length, "window")} in ${name}-encodings.csv.`;
  };
  return el(
    "div", { class: "encoding-table" },
    el(
      "div", { class: "buttons" },
      el("button", { type: "button", class: "secondary", click: copy }, "Copy table"),
      el("button", { type: "button", class: "secondary", click: download }, "Download CSV"), status),
    table(
      `${plural(shown.length, "window")} with the highest scores`,
      ["Start", "Score", ...encodings[0].map((_, index) => `z${index}`)],
      shown.map((index) => [
        layersButton(points[index]), formatNumber(points[index].score),
        ...encodings[index].map((value) => formatNumber(value)),
      ]), { numeric: [1, ...encodings[0].map((_, index) => index + 2)] }));
}

function layersButton({ window, label }) {
  const click = () => {
    emit("selectedWindow", window);
    show("layers");
  };
  const name = `Layers of the window starting at ${label}`;
  return el("button", { type: "button", class: "secondary", "aria-label": name, click }, label);
}

/** A text of all rows, in the order of time. A cell with a separator, a quote or a line break is quoted. */
function textOf(points, encodings, separator) {
  const cell = (text) => (/[",\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const header = ["start", "score", ...encodings[0].map((_, index) => `z${index}`)];
  const rows = points.map(({ label, score }, index) => [cell(label), score, ...encodings[index]]);
  return `${[header, ...rows].map((row) => row.join(separator)).join("\n")}\n`;
}
