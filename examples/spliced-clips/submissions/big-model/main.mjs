// Combines the measures of all other submissions in a model that does not fit on the smaller device.
import { probability, readClips, writePredictions } from '../common/clips.mjs';
import { loadModel } from '../common/cuda.mjs';
import { measureDrift } from '../common/drift.mjs';
import { measureGrain } from '../common/grain.mjs';
import { findPan } from '../common/motion.mjs';
import { measureFlicker, measureResidual } from '../common/residual.mjs';

const model = { bias: -3.69, weights: [11.44, -3.3, -6.02, -5.65, -3.95, -1.84, -0.71, 6.02] };

function examine({ name, frames }) {
  const pan = findPan(frames);
  const measures = [
    ...measureDrift(frames, pan),
    ...measureFlicker(frames, pan),
    ...measureGrain(frames),
    ...measureResidual(frames, pan),
  ];
  return [name, probability(measures, model)];
}

loadModel(56);
writePredictions(Array.from(readClips(), examine));
