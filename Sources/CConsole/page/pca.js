// Principal component analysis: the first two components, by power iteration on the centred vectors.

const iterations = 100;

/**
 * `{projections, shares}`: each vector's coordinates along the first two components, `[N][2]`, and each
 * component's share of the variance, `[2]`.
 */
export function principalComponents(vectors) {
  const size = vectors[0].length;
  const mean = Array.from(
    { length: size }, (_, i) => vectors.reduce((sum, vector) => sum + vector[i], 0) / vectors.length);
  const centred = vectors.map((vector) => Float64Array.from(vector, (value, i) => value - mean[i]));
  const total = centred.reduce((sum, vector) => sum + dot(vector, vector), 0);
  const components = [];
  for (let k = 0; k < 2; k++) components.push(nextComponent(centred, components));
  const projections = centred.map((vector) => components.map((component) => dot(vector, component)));
  const shares = components.map((_, k) =>
    (total ? projections.reduce((sum, projection) => sum + projection[k] ** 2, 0) / total : 0));
  return { projections, shares };
}

/** The unit vector of the largest variance among those orthogonal to `previous`; zero if there is none. */
function nextComponent(vectors, previous) {
  const size = vectors[0].length;
  // The start is fixed, so that results are reproducible, and lies along no coordinate axis.
  let direction = Float64Array.from({ length: size }, (_, i) => Math.sin(i + 1));
  for (let iteration = 0; iteration < iterations; iteration++) {
    for (const other of previous) addScaled(direction, -dot(direction, other), other);
    const length = Math.sqrt(dot(direction, direction));
    if (length < 1e-12) return new Float64Array(size);
    direction = direction.map((value) => value / length);
    if (iteration === iterations - 1) break;
    const next = new Float64Array(size);
    for (const vector of vectors) addScaled(next, dot(vector, direction), vector);
    // Without variance every direction is equally good.
    if (dot(next, next) === 0) break;
    direction = next;
  }
  return direction;
}

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Adds `factor` times `vector` to `target`. */
function addScaled(target, factor, vector) {
  for (let i = 0; i < target.length; i++) target[i] += factor * vector[i];
}
