import type { Photograph } from './photographs.ts';
import type { Random } from './random.ts';
import { sampled, pickView, type Motion, type View } from './view.ts';
import { clipFrames, clipSize } from './y4m.ts';

/** An ellipse with a soft edge that travels with the background, in clip pixels. */
interface Mask {
  x: number;
  y: number;
  radiusX: number;
  radiusY: number;
  feather: number;
}

/** Frames of a clip: a camera pans over one photograph; in a spliced clip a region shows another photograph. */
export function makeClip(photographs: readonly Photograph[], spliced: boolean, random: Random): Uint8Array[] {
  const background = pickView(pick(photographs, random), pan(random), random.between(0.9, 1.5), random);
  const grain = random.between(1.5, 4.5);
  const frames = Array.from({ length: clipFrames }, (_, frame) => grainy(sampled(background, frame), grain, random));
  if (spliced) splice(frames, background, grain, photographs, random);
  return frames.map((frame) => Uint8ClampedArray.from(frame)).map((frame) => new Uint8Array(frame.buffer));
}

const pick = (photographs: readonly Photograph[], random: Random): Photograph => {
  const picked = photographs[random.below(photographs.length)];
  if (!picked) throw new RangeError('no photographs to cut from');
  return picked;
};

const pan = (random: Random): Motion => ({ x: random.between(-1.6, 1.6), y: random.between(-1.2, 1.2) });

/** Adds the noise of a sensor, new in every frame. */
function grainy(seen: Float64Array, grain: number, random: Random): Float64Array {
  return seen.map((value) => value + grain * random.normal());
}

/** Blends a region of another photograph, matched in brightness and contrast, with its own grain and drift. */
function splice(
  frames: Float64Array[],
  background: View,
  grain: number,
  photographs: readonly Photograph[],
  random: Random,
): void {
  const others = photographs.filter((photograph) => photograph !== background.photograph);
  const motion = drifted(background.motion, random);
  const donor = pickView(pick(others, random), motion, random.between(0.7, 1.3), random);
  const donorGrain = grain * (random.unit() < 0.6 ? random.between(0.2, 0.6) : random.between(1.5, 2.2));
  const mask = placeMask(background.motion, random);
  const weights = coverage(mask, background.motion, 0);
  const tone = toneMatch(frames[0] ?? new Float64Array(), sampled(donor, 0), weights);
  for (const [index, frame] of frames.entries()) {
    const pasted = grainy(sampled(donor, index).map(tone), donorGrain, random);
    coverage(mask, background.motion, index).forEach((weight, pixel) => {
      if (weight > 0) frame[pixel] = (frame[pixel] ?? 0) * (1 - weight) + (pasted[pixel] ?? 0) * weight;
    });
  }
}

/** Slightly different from the background's motion: from barely to clearly visible. */
function drifted(motion: Motion, random: Random): Motion {
  const off = (): number => (random.unit() < 0.5 ? -1 : 1) * random.between(0.12, 0.8);
  return { x: motion.x + off(), y: motion.y + off() };
}

function placeMask(motion: Motion, random: Random): Mask {
  const radiusX = random.between(8, 15);
  const radiusY = random.between(8, 15);
  const travel = clipFrames - 1;
  const centre = (radius: number, velocity: number): number =>
    random.between(radius + Math.max(0, velocity * travel), clipSize - radius + Math.min(0, velocity * travel));
  return {
    x: centre(radiusX, motion.x),
    y: centre(radiusY, motion.y),
    radiusX,
    radiusY,
    feather: random.between(0.25, 0.6),
  };
}

/** How much of each pixel the mask covers in a frame, 0 to 1; the picture moves against the pan. */
function coverage(mask: Mask, motion: Motion, frame: number): Float64Array {
  const covered = new Float64Array(clipSize * clipSize);
  for (let pixel = 0; pixel < covered.length; pixel++) {
    const x = ((pixel % clipSize) - mask.x + motion.x * frame) / mask.radiusX;
    const y = (Math.floor(pixel / clipSize) - mask.y + motion.y * frame) / mask.radiusY;
    covered[pixel] = Math.min(1, Math.max(0, (1 - Math.sqrt(x * x + y * y)) / mask.feather));
  }
  return covered;
}

/** Gives the donor the background's brightness and contrast under the mask. */
function toneMatch(background: Float64Array, donor: Float64Array, weights: Float64Array): (value: number) => number {
  const under = weightedMoments(background, weights);
  const over = weightedMoments(donor, weights);
  const gain = Math.min(1.6, Math.max(0.6, under.deviation / Math.max(1, over.deviation)));
  return (value) => under.mean + gain * (value - over.mean);
}

function weightedMoments(values: Float64Array, weights: Float64Array): { mean: number; deviation: number } {
  let [total, sum, squares] = [0, 0, 0];
  values.forEach((value, pixel) => {
    const weight = weights[pixel] ?? 0;
    total += weight;
    sum += weight * value;
    squares += weight * value * value;
  });
  const mean = sum / total;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / total - mean * mean)) };
}
