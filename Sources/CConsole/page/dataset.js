// What the server has understood of the data: its report, with the rows in a bounded number of points.
//
// A point is one row, or the range of several consecutive rows if there are more rows than points.

import { Problem } from "./api.js";
import { state } from "./state.js";

/** The data in use. Throws a problem if there are none, because the server refuses what was loaded. */
export function loadedData() {
  if (!state.data) throw new Problem({ title: "No data", detail: "Load data, or correct their options." });
  return state.data;
}

/** The maximum number of points that the page holds: for most data and for large ones, by their bytes. */
const maxPoints = ({ body }) => ((body.size ?? body.length) <= 20e6 ? 100_000 : 20_000);

/** The request for the report of a source. `options` are those of `Source.request`. */
export const inspectRequest = (source, options) =>
  source.request(
    "inspect", [["preview", maxPoints(source)]], { label: "exclude", fillsMissing: false, ...options });

export class Dataset {
  /**
   * `report` is the response to an `inspectRequest`. `sent` is the Dataset of the rows as they were sent, if
   * those of the report have been sorted, merged or resampled.
   */
  constructor(source, report, sent = null) {
    const { rows, columns } = report;
    Object.assign(this, { source, report, sent, name: source.name, rows, columns });
    this.features = report.preview.columns;
    this.rowsPerPoint = report.preview.rows_per_point;
    /** The timestamp of each row, as Texts; null if it is not known for each. */
    this.timestamps = this.rowsPerPoint === 1 ? report.preview.timestamps : null;
    this.axis = this.makeAxis();
  }

  get hasLabels() {
    return this.columns.some((column) => column.role === "label");
  }

  request(path, query, options) {
    return this.source.request(path, query, options);
  }

  /** The first row of each window that the server makes of the rows. */
  windowStarts(timesteps, windowing, stride = 1) {
    const starts = [];
    // The article's temporalize starts at row 2.
    const offset = windowing === "temporalize" ? 2 : 0;
    for (const [first, last] of this.report.preview.recordings) {
      for (let row = first + offset; row + timesteps <= last + 1; row += stride) starts.push(row);
    }
    return starts;
  }

  /** The intervals of consecutive rows that are labelled as anomalies, as `[first row, last row]`. */
  labelledIntervals() {
    return (this.labelled ??= this.findLabelled());
  }

  findLabelled() {
    const intervals = [];
    this.report.preview.flags?.forEach((isFlagged, point) => {
      if (!isFlagged) return;
      const [first, end] = [point, point + 1].map((at) => Math.min(at * this.rowsPerPoint, this.rows));
      const last = intervals.at(-1);
      if (last?.[1] === first - 1) last[1] = end - 1;
      else intervals.push([first, end - 1]);
    });
    return intervals;
  }

  // Charts. A point of several rows is drawn as two values, its minimum and its maximum.

  /** The x axis of charts, `{values, kind}`: dates in milliseconds, seconds, or else row numbers. */
  makeAxis() {
    const { preview: { times, columns }, time } = this.report;
    const points = columns[0].minimum.length;
    const isOrdered = times?.every((value, point) => point === 0 || value >= times[point - 1]) ?? false;
    const kind = !isOrdered ? "row" : time.clock === "relative" || time.interval < 0.001 ? "number" : "date";
    const origin = time?.clock === "relative" ? 0 : times?.[0];
    const valueOf = {
      row: (point) => point * this.rowsPerPoint, number: (point) => times[point] - origin,
      date: (point) => times[point] * 1000,
    }[kind];
    const values = Float64Array.from({ length: points }, (_, point) => valueOf(point));
    if (this.rowsPerPoint === 1) return { values, kind };
    const middle = (point) => (values[point] + (values[point + 1] ?? values[point])) / 2;
    return { values: Float64Array.from(pairs(values, values.map((_, point) => middle(point)))), kind };
  }

  /** The values of a feature, for an axis of this dataset. */
  valuesOf({ minimum, maximum }) {
    return this.rowsPerPoint === 1 ? minimum : pairs(minimum, maximum);
  }

  /** Values of rows, for an axis of this dataset. */
  valuesOfRows(values) {
    if (this.rowsPerPoint === 1) return values;
    const points = Math.ceil(values.length / this.rowsPerPoint);
    const [minimum, maximum] = [new Float64Array(points).fill(NaN), new Float64Array(points).fill(NaN)];
    values.forEach((value, row) => {
      const point = Math.floor(row / this.rowsPerPoint);
      // Comparisons with NaN are false.
      if (value < minimum[point] || Number.isNaN(minimum[point])) minimum[point] = value;
      if (value > maximum[point] || Number.isNaN(maximum[point])) maximum[point] = value;
    });
    return pairs(minimum, maximum);
  }

  /** The first and the last value of an axis of this dataset for two rows. */
  indicesOfRows([first, last]) {
    if (this.rowsPerPoint === 1) return [first, last];
    return [2 * Math.floor(first / this.rowsPerPoint), 2 * Math.floor(last / this.rowsPerPoint) + 1];
  }

  /** The first row of a value of an axis of this dataset. */
  rowOfIndex(index) {
    return this.rowsPerPoint === 1 ? index : Math.floor(index / 2) * this.rowsPerPoint;
  }

  /** The timestamp of a row, or of the point that holds it, as it was sent; null if there is none. */
  timeOfRow(row) {
    const { timestamps } = this.report.preview;
    return timestamps ? String(timestamps.at(Math.floor(row / this.rowsPerPoint))) : null;
  }

  /** The timestamp of a row, or its number if the timestamp is not known. */
  rowLabel(row) {
    const known = this.timestamps?.at(row)
      ?? (row % this.rowsPerPoint === 0 ? this.report.preview.timestamps?.at(row / this.rowsPerPoint) : null);
    return String(known ?? `row ${row}`);
  }
}

/** The elements of two arrays in turns. */
function pairs(first, second) {
  const values = new Float64Array(2 * first.length);
  for (let index = 0; index < first.length; index++) {
    values[2 * index] = first[index];
    values[2 * index + 1] = second[index];
  }
  return values;
}
