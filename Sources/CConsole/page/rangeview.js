// The part of the Data step in which the training range is chosen.

import { byId, el, formatCount, plural, setVisible } from "./dom.js";
import { onNavigation } from "./fragment.js";
import { Overview } from "./overview.js";
import { canChoose, initialRange, rowsBeforeAnomaly, setRange } from "./range.js";
import { emit, on, state } from "./state.js";

let overview = null;

export function start() {
  on("data", render);
  on("range", update);
  onNavigation((names) => {
    if (!names.has("train") || !state.data) return;
    state.range = initialRange(state.data);
    emit("range");
  });
}

function render() {
  const { data } = state;
  const host = byId("training-range");
  overview = null;
  setVisible(host, data !== null);
  if (!data) return;
  if (!canChoose(data)) {
    byId("range-chart").replaceChildren(el(
      "p", { class: "muted" },
      "All rows are used: the rows of this file have no order in which a range could be chosen."));
    byId("range-buttons").replaceChildren();
    update();
    return;
  }
  overview = new Overview(data, setRange);
  byId("range-chart").replaceChildren(overview.node);
  const before = rowsBeforeAnomaly(data);
  const button = (text, range) => el(
    "button", {
      type: "button", class: "secondary", "data-range": JSON.stringify(range), click: () => setRange(range),
    }, text);
  byId("range-buttons").replaceChildren(
    button("All rows", null),
    ...(before ? [button("Rows before the first labelled anomaly", before)] : []));
  update();
  overview.draw();
}

function update() {
  const { data, range } = state;
  if (!data) return;
  overview?.setRange(range);
  byId("range-text").textContent = rangeText();
  for (const button of byId("range-buttons").children) {
    button.setAttribute("aria-pressed", String(button.dataset.range === JSON.stringify(range)));
    // The only choice that there is, and that is made, needs no button.
    setVisible(button, range !== null || byId("range-buttons").children.length > 1);
  }
}

/** What is trained on, as a sentence. */
export function rangeText() {
  const { data, range } = state;
  const [start, end] = range ?? [0, data.rows - 1];
  const isLabelled = data.labelledIntervals().some(([from, to]) => from <= end && to >= start);
  const labelled = isLabelled ? ", without rows that are labelled as anomalies" : "";
  if (!range) return `Training uses all ${plural(data.rows, "row")}${labelled}.`;
  const [from, to] = range.map((row) => data.timeOfRow(row));
  const times = from === null ? "" : ` (${from} to ${to})`;
  return `Training uses rows ${formatCount(start)} to ${formatCount(end)} of ${formatCount(data.rows)}`
    + `${times}${labelled}. All rows are scored.`;
}
