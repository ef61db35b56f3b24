// A CSV text and what its columns are for: what is plotted, and how the server is asked about it.

import { parseCSV } from "./csv.js";

export const roles = {
  feature: "Feature", time: "Time", label: "Anomaly label", recording: "Recording", none: "Left out",
};

/** Texts up to this size are shown in a curl line; longer ones are read from a file. */
const inline = 2000;

export class Dataset {
  /** `isFile` says whether there is a file of this name to refer to. */
  constructor(name, text, { isFile = false } = {}) {
    Object.assign(this, { name, text, isFile, ...parseCSV(text) });
    this.roles = this.columns.map((column, index) => guess(column, index));
    this.gaps = this.missing > 0 ? "linear" : "error";
  }

  with(role) {
    return this.columns.filter((_, index) => this.roles[index] === role);
  }

  get features() {
    return this.with("feature");
  }

  get missing() {
    return this.features.reduce((sum, column) => sum + column.missing, 0);
  }

  /** Takes the columns for features that a model has learned, if they are there. Says whether that is a change. */
  fit(names) {
    if (!names?.every((name) => this.columns.some((column) => column.name === name))) return false;
    const before = this.roles;
    this.roles = this.columns.map(({ name }, index) =>
      names.includes(name) ? "feature" : before[index] === "feature" ? "none" : before[index]);
    return this.roles.some((role, index) => role !== before[index]);
  }

  /** A value of a column, or what the server puts into a gap of a recording, which may end outside of a window. */
  value({ numbers }, row) {
    const isGap = (at) => Number.isNaN(numbers[at]);
    if (!isGap(row)) return numbers[row];
    if (this.gaps === "error") return null;
    if (this.gaps === "zero") return 0;
    const [first, end] = this.recordings().find((rows) => row < rows[1]);
    let [before, after] = [row, row];
    while (before >= first && isGap(before)) before--;
    while (after < end && isGap(after)) after++;
    if (before < first || after === end) return numbers[before < first ? after : before];
    const part = this.gaps === "linear" ? (row - before) / (after - before) : 0;
    return numbers[before] * (1 - part) + numbers[after] * part;
  }

  /** The features in the order in which a model has learned them, if it knows their names. */
  inOrder(names) {
    return names?.map((name) => this.columns.find((column) => column.name === name)) ?? this.features;
  }

  /** Query parameters; `label` is what the call has the column of labels for, if it has. */
  query(label = null) {
    const pairs = [];
    const [time] = this.with("time");
    const ignored = this.columns.filter((_, index) =>
      this.roles[index] === "none" || (this.roles[index] === "label" && !label));
    // The server would find a column of timestamps by itself where nobody wants one.
    if (!time && this.columns.some(isTime)) {
      pairs.push(["columns", list(this.features.map((column) => column.name))]);
    } else if (ignored.length) {
      pairs.push(["ignore", list(ignored.map((column) => column.name))]);
    }
    for (const [role, name] of [["time", "timestamp"], ["recording", "recording"], ["label", label]]) {
      const [column] = this.with(role);
      if (column && name) pairs.push([name, column.name]);
    }
    if (this.gaps !== "error") pairs.push(["missing", this.gaps]);
    return pairs;
  }

  /** A request with these data. */
  request(path, query, { label = null, accept } = {}) {
    const file = this.isFile || this.text.length > inline ? this.name : null;
    return {
      method: "POST", path, query: [...query, ...this.query(label)], body: this.text, file, type: "text/csv", accept,
    };
  }

  /** The first row of each window, as the server cuts them. */
  windowStarts(timesteps, windowing, stride = 1) {
    const starts = [];
    const offset = windowing === "temporalize" ? 2 : 0;
    for (const [first, end] of this.recordings()) {
      for (let row = first + offset; row + timesteps <= end; row += stride) starts.push(row);
    }
    return starts;
  }

  /** The first row, and the one behind the last, of each stretch that was recorded without a break. */
  recordings() {
    const [column] = this.with("recording");
    const bounds = [0];
    for (let row = 1; column && row < this.rows; row++) {
      if (column.texts[row] !== column.texts[row - 1]) bounds.push(row);
    }
    return bounds.map((first, index) => [first, bounds[index + 1] ?? this.rows]);
  }

  /** The rows that are labelled, as stretches of first and last row. */
  labelled() {
    const [column] = this.with("label");
    const stretches = [];
    column?.numbers.forEach((value, row) => {
      if (!(value > 0)) return;
      const last = stretches.at(-1);
      if (last?.[1] === row - 1) last[1] = row;
      else stretches.push([row, row]);
    });
    return stretches;
  }

  /** Where rows stand: dates, numbers that grow, or else just their number. */
  axis() {
    const [time] = this.with("time");
    // Reading a hundred thousand dates takes a while, and every chart asks.
    if (!this.known || this.known.time !== time) this.known = { time, axis: this.axisOf(time) };
    return this.known.axis;
  }

  axisOf(time) {
    const x = time && (time.isNumeric ? time.numbers : Float64Array.from(time.texts, instant));
    const grows = x?.every((value, row) => row === 0 || value >= x[row - 1]);
    if (!grows || Number.isNaN(x[0])) return { values: Float64Array.from({ length: this.rows }, (_, row) => row), kind: "row" };
    return { values: x, kind: time.isNumeric ? "number" : "date" };
  }

  /** What a row is called. */
  place(row) {
    const [time] = this.with("time");
    return time ? time.texts[row] : `row ${row}`;
  }
}

/** Milliseconds of a timestamp; without a zone it is shown as it is written. */
function instant(text) {
  const iso = text.replace(/^(\d{4}-\d{2}-\d{2}) /, "$1T").replace(/^(\d{4}-\d{2}-\d{2}T[\d:.]+)$/, "$1Z");
  return Date.parse(iso);
}

function list(names) {
  return names.some((name) => /[,[\]"]/.test(name)) ? JSON.stringify(names) : names.join(",");
}

/** What a column is probably for. */
function guess(column, index) {
  if (isTime(column, index)) return isRepeated(column) ? "recording" : "time";
  const isFlag = column.isNumeric && column.numbers.every((value) => value === 0 || value === 1 || Number.isNaN(value));
  if (isFlag && /^(is_?)?(label|labels|anomaly|anomalies|anomalous|outlier|fault|attack)$/i.test(column.name)) return "label";
  return column.isNumeric ? "feature" : "none";
}

/** Whether the server takes a column for timestamps if it isn't told otherwise. */
function isTime(column, index) {
  return /^(timestamp|time|datetime|date|ts)$/i.test(column.name) || (index === 0 && !column.isNumeric);
}

/** Whether most texts are those of the row before, as names of recordings are. */
function isRepeated({ texts, isNumeric }) {
  const repeated = texts.filter((text, row) => row > 0 && text === texts[row - 1]).length;
  return !isNumeric && repeated > texts.length / 2;
}
