// Cuts a frame into overlapping square regions and compares them.
export const size = 64;

/** A sum and a count of samples for every pixel of a frame. */
export const emptyMap = () => ({ sums: new Float64Array(size * size), counts: new Float64Array(size * size) });

/** Sums a map over each square of `side` pixels, one every `step` pixels. */
export function regions({ sums, counts }, side, step) {
  const found = [];
  for (let top = 0; top + side <= size; top += step) {
    for (let left = 0; left + side <= size; left += step) {
      const region = { sum: 0, count: 0 };
      for (let y = top; y < top + side; y++) {
        for (let at = y * size + left; at < y * size + left + side; at++) {
          region.sum += sums[at];
          region.count += counts[at];
        }
      }
      found.push(region);
    }
  }
  return found;
}

/** The mean of each region that has more than one sample a pixel. */
export const regionMeans = (map, side, step) =>
  regions(map, side, step)
    .filter(({ count }) => count > side * side)
    .map(({ sum, count }) => sum / count);

export const median = (values) => [...values].sort((one, other) => one - other)[values.length >> 1];

/** How two positive numbers compare, between -1 and 1; the hyperbolic tangent of half their logarithms' difference. */
export const contrast = (one, other) => (one - other) / (one + other);
