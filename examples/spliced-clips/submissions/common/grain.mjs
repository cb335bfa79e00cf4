// Looks at single frames: is the grain of some region finer or coarser than its edges explain?
import { contrast, emptyMap, regionMeans, size } from './regions.mjs';

/** How far the least and the most grainy region lie from a straight line fitted through all regions. */
export function measureGrain(frames) {
  const grain = emptyMap();
  const edges = emptyMap();
  for (const frame of [frames[0], frames[2], frames[5], frames[7]]) addFrame(frame, grain, edges);
  const grains = regionMeans(grain, 10, 4);
  const foretold = straightLine(regionMeans(edges, 10, 4), grains);
  const off = grains.map((value, index) => contrast(value, Math.max(0.5, foretold[index])));
  return [Math.min(...off), Math.max(...off)];
}

function addFrame(frame, grain, edges) {
  for (let y = 2; y < size - 2; y++) {
    for (let x = 2; x < size - 2; x++) {
      const at = y * size + x;
      const pixel = (right, down) => frame[at + right + down * size];
      const sides = pixel(-1, 0) + pixel(1, 0) + pixel(0, -1) + pixel(0, 1);
      const corners = pixel(-1, -1) + pixel(1, -1) + pixel(-1, 1) + pixel(1, 1);
      grain.sums[at] += Math.abs(4 * pixel(0, 0) - 2 * sides + corners);
      edges.sums[at] += Math.abs(
        pixel(2, 0) + pixel(2, 1) + pixel(2, -1) - pixel(-2, 0) - pixel(-2, 1) - pixel(-2, -1),
      );
      edges.sums[at] += Math.abs(
        pixel(0, 2) + pixel(1, 2) + pixel(-1, 2) - pixel(0, -2) - pixel(1, -2) - pixel(-1, -2),
      );
      grain.counts[at]++;
      edges.counts[at]++;
    }
  }
}

/** Least squares with a slope between 0 and 1. */
function straightLine(xs, ys) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(xs), mean(ys)];
  const spread = xs.reduce((sum, x) => sum + (x - meanX) * (x - meanX), 0);
  const shared = xs.reduce((sum, x, index) => sum + (x - meanX) * (ys[index] - meanY), 0);
  const slope = spread > 0 ? Math.min(1, Math.max(0, shared / spread)) : 0;
  return xs.map((x) => meanY + slope * (x - meanX));
}
