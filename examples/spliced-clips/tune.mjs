/**
 * Fits the constants of the honest submissions on training clips of another seed, as a team would do on public
 * training data: `npx tsx examples/spliced-clips/tune.mjs`, two minutes. Prints the constants of each main.mjs, and its
 * score on other clips. Neither the private set nor its seed is used here.
 */
import { makeClipSet } from './generate/clip-set.ts';
import { loadPhotographs } from './generate/photographs.ts';
import { probability } from './submissions/common/clips.mjs';
import { measureDrift } from './submissions/common/drift.mjs';
import { measureGrain } from './submissions/common/grain.mjs';
import { findPan } from './submissions/common/motion.mjs';
import { measureFlicker, measureResidual } from './submissions/common/residual.mjs';

const detectors = {
  'edge-reader-1': ['grain'],
  'laptop-2': ['residual'],
  'motion-lab-1': ['residual', 'flicker'],
  'motion-lab-2': ['drift'],
  'big-model': ['drift', 'flicker', 'grain', 'residual'],
};

function measure({ label, frames }) {
  const pan = findPan(frames);
  return {
    label,
    grain: measureGrain(frames),
    residual: measureResidual(frames, pan),
    flicker: measureFlicker(frames, pan),
    drift: measureDrift(frames, pan),
  };
}

const select = (examples, names) =>
  examples.map((example) => ({ label: example.label, measures: names.flatMap((name) => example[name]) }));

/** Gradient descent (Adam) on the log loss. */
function fit(rows) {
  const parameters = [0, ...rows[0].measures.map(() => 0)];
  const [mean, square] = [parameters.map(() => 0), parameters.map(() => 0)];
  for (let step = 1; step <= 6000; step++) {
    gradientOf(rows, parameters).forEach((slope, index) => {
      mean[index] = 0.9 * mean[index] + 0.1 * slope;
      square[index] = 0.999 * square[index] + 0.001 * slope * slope;
      const [first, second] = [mean[index] / (1 - 0.9 ** step), square[index] / (1 - 0.999 ** step)];
      parameters[index] -= (0.02 * first) / (Math.sqrt(second) + 1e-9);
    });
  }
  const [bias, ...weights] = parameters.map((value) => Number(value.toFixed(2)));
  return { bias, weights };
}

function gradientOf(rows, [bias, ...weights]) {
  const gradient = [0, ...weights.map(() => 0)];
  for (const { measures, label } of rows) {
    const sum = weights.reduce((total, weight, index) => total + weight * measures[index], bias);
    const root = Math.sqrt(1 + sum * sum);
    const spliced = 0.5 + (0.5 * sum) / root;
    const slope = ((spliced - label) / (spliced * (1 - spliced)) / root ** 3) * (0.5 / rows.length);
    [1, ...measures].forEach((value, index) => (gradient[index] += slope * value));
  }
  return gradient;
}

function logLoss(rows, model) {
  const losses = rows.map(({ measures, label }) => -Math.log(Math.abs(1 - label - probability(measures, model))));
  return (losses.reduce((total, loss) => total + loss, 0) / losses.length).toFixed(3);
}

const photographs = loadPhotographs();
const [training, further] = [101, 102].map((seed) => makeClipSet(photographs, seed, 1200).map(measure));
for (const [submission, names] of Object.entries(detectors)) {
  const model = fit(select(training, names));
  const [fitted, fresh] = [training, further].map((examples) => logLoss(select(examples, names), model));
  process.stdout.write(
    `${submission}: ${JSON.stringify(model)}; log loss ${fitted} fitted, ${fresh} on further clips\n`,
  );
}
