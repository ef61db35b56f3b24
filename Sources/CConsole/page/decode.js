// Reads large responses in a worker: arrays of numbers become typed arrays, which go to the page without a
// copy.

import { Texts } from "./texts.js";

/** null and undefined become NaN. */
const numbers = (values) => Float64Array.from(values, (value) => value ?? NaN);

/** The functions that read a response, by the kind of response. */
export const decoders = {
  /** The report of `POST /inspect`. */
  report(buffer) {
    const report = parse(buffer);
    const { preview } = report;
    if (!preview) return report;
    for (const column of preview.columns) {
      column.minimum = numbers(column.minimum);
      // A point of one row has one value.
      column.maximum = preview.rows_per_point === 1 ? column.minimum : numbers(column.maximum);
    }
    if (preview.times) preview.times = numbers(preview.times);
    if (preview.timestamps) preview.timestamps = Texts.join(preview.timestamps);
    if (preview.flags) preview.flags = Uint8Array.from(preview.flags);
    return report;
  },

  /** The rows and events of `POST /score`. */
  scores(buffer) {
    const scores = parse(buffer);
    const { rows } = scores;
    rows.scores = numbers(rows.scores);
    delete rows.rarities;
    if (rows.timestamps) rows.timestamps = Texts.join(rows.timestamps);
    return scores;
  },

  /** The windows of `POST /score`: their scores. */
  windows: (buffer) => numbers(parse(buffer).windows.map(({ score }) => score)),

  /**
   * The windows of `POST /score` with features: `{count, features, values}`, the contribution of each feature
   * to the score of each window, [features][count].
   */
  contributions(buffer) {
    const { windows } = parse(buffer);
    const [count, features] = [windows.length, windows[0]?.features.length ?? 0];
    const values = new Float32Array(count * features);
    windows.forEach(({ score, features: shares }, window) => {
      for (const { feature, share } of shares) values[feature * count + window] = share * score;
    });
    return { count, features, values };
  },

  /** The reconstructions of windows, [N][T][F]: `{shape, values}`. */
  reconstructions(buffer) {
    const { reconstructions } = parse(buffer);
    const shape = [reconstructions.length, reconstructions[0].length, reconstructions[0][0].length];
    return { shape, values: numbers(reconstructions.flat(2)) };
  },
};

const parse = (buffer) => JSON.parse(new TextDecoder().decode(buffer));

/** The buffers of the typed arrays in a value, each once. */
export function buffersOf(value, found = new Set()) {
  if (ArrayBuffer.isView(value)) found.add(value.buffer);
  else if (Array.isArray(value) && typeof value[0] !== "object") return found;
  else if (value && typeof value === "object") Object.values(value).forEach((item) => buffersOf(item, found));
  return found;
}
