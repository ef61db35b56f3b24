// The two directions in which points differ most, by power iteration on the centred points.

const rounds = 100;

/** `{points: [[x, y]], shares: [of x, of y]}`: the projections, and the shares of the variance that they show. */
export function principalPlane(vectors) {
  const size = vectors[0].length;
  const mean = Array.from({ length: size }, (_, i) => vectors.reduce((sum, v) => sum + v[i], 0) / vectors.length);
  const centred = vectors.map((v) => Float64Array.from(v, (value, i) => value - mean[i]));
  const total = centred.reduce((sum, v) => sum + dot(v, v), 0);
  const axes = [];
  for (let k = 0; k < 2; k++) axes.push(axis(centred, axes));
  const points = centred.map((v) => axes.map((direction) => dot(v, direction)));
  const shares = axes.map((_, k) => (total ? points.reduce((sum, point) => sum + point[k] ** 2, 0) / total : 0));
  return { points, shares };
}

/** The direction of the largest variance among those at right angles to the ones before. */
function axis(points, before) {
  const size = points[0].length;
  // Not along an axis, and the same each time.
  let direction = Float64Array.from({ length: size }, (_, i) => Math.sin(i + 1));
  for (let round = 0; round < rounds; round++) {
    for (const other of before) add(direction, -dot(direction, other), other);
    const length = Math.sqrt(dot(direction, direction));
    if (length < 1e-12) return new Float64Array(size);
    direction = direction.map((value) => value / length);
    if (round === rounds - 1) break;
    const next = new Float64Array(size);
    for (const point of points) add(next, dot(point, direction), point);
    // Points without any variance have no direction: any will do.
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

function add(target, factor, other) {
  for (let i = 0; i < target.length; i++) target[i] += factor * other[i];
}
