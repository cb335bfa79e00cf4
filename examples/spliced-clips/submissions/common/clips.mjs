// Shared by all programs: reads the clips, writes the predictions.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const input = process.env.HOLDOUT_INPUT ?? '/input';
const output = process.env.HOLDOUT_OUTPUT ?? '/output';
const frameBytes = 64 * 64;
const frameHeader = 'FRAME\n'.length;

/** All clips in order of name; frames are arrays of 64 by 64 grey pixels, row by row. */
export function* readClips() {
  for (const name of clipNames()) {
    const file = readFileSync(join(input, name));
    const frames = [];
    let at = file.indexOf(10) + 1;
    while (at < file.length) {
      at += frameHeader;
      frames.push(file.subarray(at, at + frameBytes));
      at += frameBytes;
    }
    yield { name, frames };
  }
}

export const clipNames = () =>
  readdirSync(input)
    .filter((name) => name.endsWith('.y4m'))
    .sort();

/** Writes predictions.csv: pairs of a clip's name and the probability that it is spliced. */
export function writePredictions(rows) {
  writeLines(rows.map(([name, probability]) => `${name},${probability.toFixed(6)}`));
}

export function writeLines(lines) {
  writeFileSync(join(output, 'predictions.csv'), `filename,label\n${lines.map((line) => `${line}\n`).join('')}`);
}

/** Turns a weighted sum of measures into a probability. An algebraic sigmoid: exact to the last bit on every machine. */
export function probability(measures, { bias, weights }) {
  const sum = weights.reduce((total, weight, index) => total + weight * measures[index], bias);
  return 0.5 + 0.5 * (sum / Math.sqrt(1 + sum * sum));
}
