// Finds how the camera pans. Velocities are pixels per frame.
import { size } from './regions.mjs';

const apart = 4;

/** The value of a frame between its pixels, bilinear. */
export function between(frame, x, y) {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const at = top * size + left;
  const above = frame[at] + (frame[at + 1] - frame[at]) * (x - left);
  const below = frame[at + size] + (frame[at + size + 1] - frame[at + size]) * (x - left);
  return above + (below - above) * (y - top);
}

export const inside = (x, y) => x >= 0 && y >= 0 && x < size - 1 && y < size - 1;

/** The pan's velocity: a coarse search over everything up to 2 pixels per frame, refined to 1/64. */
export function findPan(frames) {
  let best = search({ x: 0, y: 0 }, 0.25, 8, (velocity) => mismatch(frames[0], frames[apart], velocity));
  const twice = (velocity) =>
    mismatch(frames[0], frames[apart], velocity) + mismatch(frames[3], frames[3 + apart], velocity);
  for (const pitch of [0.125, 0.0625, 0.03125, 0.015625]) best = search(best, pitch, 1, twice);
  return best;
}

function search(centre, pitch, reach, errorOf) {
  let best = { x: centre.x, y: centre.y, error: Infinity };
  for (let row = -reach; row <= reach; row++) {
    for (let column = -reach; column <= reach; column++) {
      const velocity = { x: centre.x + column * pitch, y: centre.y + row * pitch };
      const error = errorOf(velocity);
      if (error < best.error) best = { ...velocity, error };
    }
  }
  return best;
}

/** Mean difference between two frames when the later is moved back by the velocity, at every third pixel. */
function mismatch(early, late, velocity) {
  const dx = velocity.x * apart;
  const dy = velocity.y * apart;
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, Math.ceil(-dy)); y < size && y + dy < size - 1; y += 3) {
    for (let x = Math.max(0, Math.ceil(-dx)); x < size && x + dx < size - 1; x += 3) {
      sum += Math.abs(late[y * size + x] - between(early, x + dx, y + dy));
      count++;
    }
  }
  return sum / count;
}
