// Undoes the pan and measures the residual: it is larger in a pasted region that drifts.
import { between, inside } from './motion.mjs';
import { contrast, emptyMap, median, regionMeans, size } from './regions.mjs';

/** How much more than the median region the worst region differs from itself four frames earlier. */
export function measureResidual(frames, pan) {
  const left = emptyMap();
  for (let late = 4; late < frames.length; late++) {
    eachPixel((at, x, y) => {
      const [fromX, fromY] = [x + 4 * pan.x, y + 4 * pan.y];
      if (!inside(fromX, fromY)) return;
      left.sums[at] += Math.abs(frames[late][at] - between(frames[late - 4], fromX, fromY));
      left.counts[at]++;
    });
  }
  const means = regionMeans(left, 8, 4);
  return [contrast(Math.max(...means), median(means))];
}

/** Flicker from frame to frame of the calmest and the liveliest region, compared with the median region. */
export function measureFlicker(frames, pan) {
  const flicker = emptyMap();
  for (let now = 1; now < frames.length - 1; now++) {
    eachPixel((at, x, y) => {
      if (!inside(x + pan.x, y + pan.y) || !inside(x - pan.x, y - pan.y)) return;
      const before = between(frames[now - 1], x + pan.x, y + pan.y);
      const after = between(frames[now + 1], x - pan.x, y - pan.y);
      flicker.sums[at] += Math.abs(frames[now][at] - (before + after) / 2);
      flicker.counts[at]++;
    });
  }
  const means = regionMeans(flicker, 10, 3);
  return [contrast(Math.min(...means), median(means)), contrast(Math.max(...means), median(means))];
}

/** Every second pixel, as on a chequerboard. */
function eachPixel(visit) {
  for (let y = 0; y < size; y++) {
    for (let x = y & 1; x < size; x += 2) visit(y * size + x, x, y);
  }
}
