// A dataset: CSV text, the roles of its columns, and the requests that send it to the server.

import { parseCSV } from "./csv.js";

export const roleNames = {
  feature: "Feature", time: "Timestamp", label: "Anomaly label", recording: "Recording", none: "Ignored",
};

/** The longest text that a curl command contains; a longer text is read from a file. */
const maxInlineLength = 2000;

export class Dataset {
  /** `isFile` says whether the user has a file of this name, which a curl command can read. */
  constructor(name, text, { isFile = false } = {}) {
    Object.assign(this, { name, text, isFile, ...parseCSV(text) });
    this.roles = this.columns.map((column, index) => guessRole(column, index));
    this.missingRule = this.missing > 0 ? "linear" : "error";
  }

  columnsWithRole(role) {
    return this.columns.filter((_, index) => this.roles[index] === role);
  }

  get features() {
    return this.columnsWithRole("feature");
  }

  /** The number of missing values in the features. */
  get missing() {
    return this.features.reduce((sum, column) => sum + column.missing, 0);
  }

  /** Makes the named columns the features, if all of them exist. Returns whether any role changed. */
  selectFeatures(names) {
    if (!names?.every((name) => this.columns.some((column) => column.name === name))) return false;
    const before = this.roles;
    this.roles = this.columns.map(({ name }, index) =>
      names.includes(name) ? "feature" : before[index] === "feature" ? "none" : before[index]);
    return this.roles.some((role, index) => role !== before[index]);
  }

  /**
   * The value of a column in a row. A missing value is filled as the server fills it: from the neighbouring
   * values in the same recording, which may lie outside the window. Null if missing values are rejected.
   */
  filledValue({ numbers }, row) {
    const isMissing = (at) => Number.isNaN(numbers[at]);
    if (!isMissing(row)) return numbers[row];
    if (this.missingRule === "error") return null;
    if (this.missingRule === "zero") return 0;
    const [first, end] = this.recordings().find((rows) => row < rows[1]);
    let [before, after] = [row, row];
    while (before >= first && isMissing(before)) before--;
    while (after < end && isMissing(after)) after++;
    if (before < first || after === end) return numbers[before < first ? after : before];
    const weight = this.missingRule === "linear" ? (row - before) / (after - before) : 0;
    return numbers[before] * (1 - weight) + numbers[after] * weight;
  }

  /**
   * The columns of a model's features in the model's order, or the dataset's features if the model has no
   * names.
   */
  featureColumns(names) {
    return names?.map((name) => this.columns.find((column) => column.name === name)) ?? this.features;
  }

  /**
   * Query parameters for the roles. `labelParameter` is the endpoint's parameter for the label column, if it
   * has one.
   */
  query(labelParameter = null) {
    const pairs = [];
    const [time] = this.columnsWithRole("time");
    const ignored = this.columns.filter((_, index) =>
      this.roles[index] === "none" || (this.roles[index] === "label" && !labelParameter));
    // Without a Timestamp role, name the features: otherwise the server may detect a timestamp column by
    // itself.
    if (!time && this.columns.some(isTimestamp)) {
      pairs.push(["columns", nameList(this.features.map((column) => column.name))]);
    } else if (ignored.length) {
      pairs.push(["ignore", nameList(ignored.map((column) => column.name))]);
    }
    const parameters = [["time", "timestamp"], ["recording", "recording"], ["label", labelParameter]];
    for (const [role, parameter] of parameters) {
      const [column] = this.columnsWithRole(role);
      if (column && parameter) pairs.push([parameter, column.name]);
    }
    if (this.missingRule !== "error") pairs.push(["missing", this.missingRule]);
    return pairs;
  }

  /** A request that sends this dataset. `query` are further parameters, as pairs. */
  request(path, query, { label = null, accept } = {}) {
    const file = this.isFile || this.text.length > maxInlineLength ? this.name : null;
    return {
      method: "POST", path, query: [...query, ...this.query(label)], body: this.text, file,
      contentType: "text/csv", accept,
    };
  }

  /** The first row of each window that the server makes of this dataset. */
  windowStarts(timesteps, windowing, stride = 1) {
    const starts = [];
    // The article's temporalize starts at row 2.
    const offset = windowing === "temporalize" ? 2 : 0;
    for (const [first, end] of this.recordings()) {
      for (let row = first + offset; row + timesteps <= end; row += stride) starts.push(row);
    }
    return starts;
  }

  /** The recordings as `[first row, end]`, where `end` is the row after the last. */
  recordings() {
    const [column] = this.columnsWithRole("recording");
    const bounds = [0];
    for (let row = 1; column && row < this.rows; row++) {
      if (column.texts[row] !== column.texts[row - 1]) bounds.push(row);
    }
    return bounds.map((first, index) => [first, bounds[index + 1] ?? this.rows]);
  }

  /** The intervals of consecutive rows that are labelled as anomalies, as `[first row, last row]`. */
  labelledIntervals() {
    const [column] = this.columnsWithRole("label");
    const intervals = [];
    column?.numbers.forEach((value, row) => {
      if (!(value > 0)) return;
      const last = intervals.at(-1);
      if (last?.[1] === row - 1) last[1] = row;
      else intervals.push([row, row]);
    });
    return intervals;
  }

  /** The x axis of charts, `{values, kind}`: dates, non-decreasing numbers, or else row numbers. */
  axis() {
    const [time] = this.columnsWithRole("time");
    // Cached, because parsing 100,000 dates is slow and every chart needs the axis.
    if (!this.cached || this.cached.time !== time) this.cached = { time, axis: this.makeAxis(time) };
    return this.cached.axis;
  }

  makeAxis(time) {
    const x = time && (time.isNumeric ? time.numbers : Float64Array.from(time.texts, parseTimestamp));
    const isOrdered = x?.every((value, row) => row === 0 || value >= x[row - 1]);
    if (!isOrdered || Number.isNaN(x[0])) {
      return { values: Float64Array.from({ length: this.rows }, (_, row) => row), kind: "row" };
    }
    return { values: x, kind: time.isNumeric ? "number" : "date" };
  }

  /** The timestamp of a row, or its number if there is no timestamp column. */
  rowLabel(row) {
    const [time] = this.columnsWithRole("time");
    return time ? time.texts[row] : `row ${row}`;
  }
}

/** Milliseconds since 1970 of a timestamp; one without a time zone is read as UTC, as the charts show it. */
function parseTimestamp(text) {
  const iso = text.replace(/^(\d{4}-\d{2}-\d{2}) /, "$1T").replace(/^(\d{4}-\d{2}-\d{2}T[\d:.]+)$/, "$1Z");
  return Date.parse(iso);
}

/** Column names as a query parameter: separated by commas, or as JSON if a name needs that. */
function nameList(names) {
  return names.some((name) => /[,[\]"]/.test(name)) ? JSON.stringify(names) : names.join(",");
}

/** The likely role of a column. */
function guessRole(column, index) {
  if (isTimestamp(column, index)) return isRepeated(column) ? "recording" : "time";
  const isFlag = column.isNumeric
    && column.numbers.every((value) => value === 0 || value === 1 || Number.isNaN(value));
  const labelName = /^(is_?)?(label|labels|anomaly|anomalies|anomalous|outlier|fault|attack)$/i;
  if (isFlag && labelName.test(column.name)) return "label";
  return column.isNumeric ? "feature" : "none";
}

/**
 * Whether a column is likely to hold timestamps: by its name, or because it is the first column and not
 * numeric.
 */
function isTimestamp(column, index) {
  return /^(timestamp|time|datetime|date|ts)$/i.test(column.name) || (index === 0 && !column.isNumeric);
}

/** Whether most texts equal that of the row before, as the names of recordings do. */
function isRepeated({ texts, isNumeric }) {
  const repeated = texts.filter((text, row) => row > 0 && text === texts[row - 1]).length;
  return !isNumeric && repeated > texts.length / 2;
}
