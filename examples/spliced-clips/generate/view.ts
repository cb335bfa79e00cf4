import type { Photograph } from './photographs.ts';
import type { Random } from './random.ts';
import { clipFrames, clipSize } from './y4m.ts';

/** Velocity in clip pixels per frame. */
export interface Motion {
  x: number;
  y: number;
}

/** A camera that glides over a photograph: the position of its first frame, and photograph pixels per clip pixel. */
export interface View {
  photograph: Photograph;
  x: number;
  y: number;
  scale: number;
  motion: Motion;
}

const leastDeviation = 14;

/** A view at a random place that stays inside the photograph in every frame and does not show bare sky or paper. */
export function pickView(photograph: Photograph, motion: Motion, scale: number, random: Random): View {
  for (;;) {
    const x = place(photograph.width, motion.x, scale, random);
    const y = place(photograph.height, motion.y, scale, random);
    const view = { photograph, x, y, scale, motion };
    if (deviation(sampled(view, 0)) >= leastDeviation) return view;
  }
}

function place(extent: number, velocity: number, scale: number, random: Random): number {
  const distance = velocity * scale * (clipFrames - 1);
  const margin = 1;
  return random.between(margin - Math.min(0, distance), extent - 2 - clipSize * scale - Math.max(0, distance));
}

/** The pixels of a frame: values 0 to 255, not rounded, bilinear between the photograph's pixels. */
export function sampled(view: View, frame: number): Float64Array {
  const { photograph, scale, motion } = view;
  const seen = new Float64Array(clipSize * clipSize);
  for (let row = 0; row < clipSize; row++) {
    const y = view.y + scale * (row + motion.y * frame);
    for (let column = 0; column < clipSize; column++) {
      seen[row * clipSize + column] = bilinear(photograph, view.x + scale * (column + motion.x * frame), y);
    }
  }
  return seen;
}

function bilinear({ grey, width }: Photograph, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, down] = [x - left, y - top];
  const at = top * width + left;
  const above = (grey[at] ?? 0) * (1 - right) + (grey[at + 1] ?? 0) * right;
  const below = (grey[at + width] ?? 0) * (1 - right) + (grey[at + width + 1] ?? 0) * right;
  return above * (1 - down) + below * down;
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
