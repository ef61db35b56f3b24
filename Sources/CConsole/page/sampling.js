// Fewer points for the same picture: of the rows that share a column of pixels, the lowest and the highest
// value of each series are kept, so that no spike is lost.

/** The first index of `values`, which ascend, whose value is at least `value`. */
export function lowerBound(values, value) {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the value that is nearest to `value`; the values ascend. */
export function nearestIndex(values, value) {
  const index = Math.min(lowerBound(values, value), values.length - 1);
  return index > 0 && value - values[index - 1] < values[index] - value ? index - 1 : index;
}

/** The first and the last index of the values in a range, and of one more on either side. */
export const visibleIndices = (values, [from, to]) =>
  [Math.max(lowerBound(values, from) - 1, 0), Math.min(lowerBound(values, to), values.length - 1)];

/**
 * The points to draw of `columns` over `x` in a range, in at most `2 * buckets` rows: `{x, columns}`. NaN and
 * null are missing values.
 */
export function sample(x, columns, range, buckets) {
  const [first, last] = visibleIndices(x, range);
  const count = last - first + 1;
  if (count <= 2 * buckets) {
    return {
      x: Array.from({ length: count }, (_, i) => x[first + i]),
      columns: columns.map((values) => Array.from({ length: count }, (_, i) => values[first + i])),
    };
  }
  const size = count / buckets;
  const bounds = Array.from({ length: buckets + 1 }, (_, i) => first + Math.floor(i * size));
  const points = Array.from({ length: 2 * buckets }, (_, i) => {
    const [from, to] = [bounds[i >> 1], bounds[(i >> 1) + 1]];
    return x[i % 2 ? Math.min((from + to) >> 1, to - 1) : from];
  });
  return { x: points, columns: columns.map((values) => extremes(values, bounds)) };
}

/** The lowest and the highest value between each pair of bounds, in the order in which they come. */
function extremes(values, bounds) {
  const result = new Array(2 * (bounds.length - 1));
  for (let bucket = 0; bucket + 1 < bounds.length; bucket++) {
    let [low, high] = [-1, -1];
    for (let index = bounds[bucket]; index < bounds[bucket + 1]; index++) {
      const value = values[index];
      if (value === null || value !== value) continue;
      if (low < 0 || value < values[low]) low = index;
      if (high < 0 || value > values[high]) high = index;
    }
    const [a, b] = low < high ? [low, high] : [high, low];
    result[2 * bucket] = a < 0 ? NaN : values[a];
    result[2 * bucket + 1] = b < 0 ? NaN : values[b];
  }
  return result;
}
