// The training range: the rows that a training uses. All rows are scored afterwards.

import { Problem } from "./api.js";
import { loadedData } from "./dataset.js";
import { parameter, setParameters } from "./fragment.js";
import { emit, state } from "./state.js";

/** Rows before the first labelled anomaly are proposed from this number and this share of all on. */
const [minProposedRows, minProposedShare] = [100, 0.1];

/** The longest list of rows to leave out: the line of a request has a limit. */
const maxExcludeLength = 4000;

/** The rows before the first labelled anomaly, `[first, last]`; null if there are none. */
export function rowsBeforeAnomaly(data) {
  const [first] = data.labelledIntervals()[0] ?? [0];
  return first > 0 ? [0, first - 1] : null;
}

/** Sets the training range, `[first, last]`; null means all rows. */
export function setRange(range) {
  const { rows } = loadedData();
  const isAll = range === null || (range[0] === 0 && range[1] === rows - 1);
  state.range = isAll ? null : range;
  setParameters({ train: isAll ? "all" : range.join("-") });
  emit("range");
}

/** The range for data that were just read: that of the URL, or the proposal. Does not change the URL. */
export function initialRange(data) {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(parameter("train") ?? "") ?? [];
  if (first !== undefined && Number(first) <= Number(last) && Number(last) < data.rows) {
    return canChoose(data) ? [Number(first), Number(last)] : null;
  }
  if (parameter("train") === "all") return null;
  const before = canChoose(data) ? rowsBeforeAnomaly(data) : null;
  const isEnough = before && before[1] + 1 >= Math.max(minProposedRows, minProposedShare * data.rows);
  return isEnough ? before : null;
}

/** Whether the rows that are drawn can be told to the server, which counts those that were sent. */
export const canChoose = ({ sent }) =>
  sent === null || (sent.rowsPerPoint === 1 && sent.report.preview.times !== undefined);

/** The number of rows in the training range; null without data. */
export const trainedRows = () =>
  (state.data ? (state.range ? state.range[1] - state.range[0] + 1 : state.data.rows) : null);

/** The number of windows that a training uses: those in the range without a labelled row. */
export function trainedWindows(timesteps, windowing, stride) {
  const [first, last] = state.range ?? [0, Infinity];
  const labelled = state.data.labelledIntervals();
  let next = 0;
  let count = 0;
  for (const start of state.data.windowStarts(timesteps, windowing, stride)) {
    const end = start + timesteps - 1;
    // Both are in the order of rows: stretches that end before this window end before all later ones.
    while (next < labelled.length && labelled[next][1] < start) next++;
    const isLabelled = next < labelled.length && labelled[next][0] <= end;
    if (start >= first && end <= last && !isLabelled) count++;
  }
  return count;
}

/** A request for a training. It names the column of labels, or with a range the rows to leave out. */
export function trainingRequest(query, accept) {
  const data = loadedData();
  if (!state.range) return data.request("train", query, { label: "exclude", accept });
  const exclude = JSON.stringify(intervalsOutside(data, state.range));
  if (exclude.length > maxExcludeLength) {
    throw new Problem({
      title: "Too many labelled stretches in the training range",
      detail: "They do not fit into a request. Choose the rows before the first of them, or all rows.",
    });
  }
  return data.request("train", [...query, ["exclude", exclude]], { accept });
}

/** The stretches of rows, as they were sent, that are outside the range or labelled. */
function intervalsOutside(data, [first, last]) {
  if (data.sent) return sentIntervals(data, first, last);
  const outside = [[0, first - 1], [last + 1, data.rows - 1]];
  const labelled = data.labelledIntervals()
    .map(([from, to]) => [Math.max(from, first), Math.min(to, last)]);
  return [...outside, ...labelled].filter(([from, to]) => from <= to).sort(([a], [b]) => a - b);
}

/** The same for rows that were sorted, merged or resampled, by their times. */
function sentIntervals({ rowsPerPoint, report, sent }, first, last) {
  const { times } = report.preview;
  const from = times[Math.floor(first / rowsPerPoint)];
  const to = times[Math.floor(last / rowsPerPoint) + 1] ?? Infinity;
  const intervals = [];
  sent.report.preview.times.forEach((time, row) => {
    if (time >= from && time < to && !sent.report.preview.flags?.[row]) return;
    if (intervals.at(-1)?.[1] === row - 1) intervals.at(-1)[1] = row;
    else intervals.push([row, row]);
  });
  return intervals;
}
