// Looks for a region that moves on its own: one that matches better at a velocity other than the pan's.
import { between, inside } from './motion.mjs';
import { contrast, emptyMap, regions, size } from './regions.mjs';

const apart = 4;
const reach = 2;
const pitch = 0.22;

/** How much better regions match at their own velocity than at the pan's: the highest, third and tenth value. */
export function measureDrift(frames, pan) {
  const still = residuals(frames, pan);
  const least = [...still];
  for (let row = -reach; row <= reach; row++) {
    for (let column = -reach; column <= reach; column++) {
      residuals(frames, { x: pan.x + column * pitch, y: pan.y + row * pitch }).forEach((residual, index) => {
        least[index] = Math.min(least[index], residual);
      });
    }
  }
  const gains = still.map((residual, index) => (residual === Infinity ? 0 : contrast(residual, least[index])));
  gains.sort((one, other) => other - one);
  return [gains[0], gains[2], gains[9]];
}

/** The mean squared difference of each region at a velocity; infinite where it leaves the frame. */
function residuals(frames, velocity) {
  const [dx, dy] = [velocity.x * apart, velocity.y * apart];
  const differences = emptyMap();
  for (let y = 0; y < size; y++) {
    for (let x = y & 1; x < size; x += 2) {
      if (!inside(x + dx, y + dy)) continue;
      differences.sums[y * size + x] = squaredDifference(frames, x, y, dx, dy);
      differences.counts[y * size + x] = 1;
    }
  }
  return regions(differences, 12, 6).map(({ sum, count }) => (count === 72 ? sum / count : Infinity));
}

function squaredDifference(frames, x, y, dx, dy) {
  let sum = 0;
  for (const first of [0, 3]) {
    const difference = frames[first + apart][y * size + x] - between(frames[first], x + dx, y + dy);
    sum += difference * difference;
  }
  return sum;
}
