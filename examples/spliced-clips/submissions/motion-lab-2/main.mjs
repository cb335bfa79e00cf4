// Looks for a region that moves on its own. Keeps the features of every clip on the device: a dozen fit anywhere, the
// whole test set only on a larger device.
import { probability, readClips, writePredictions } from '../common/clips.mjs';
import { allocate, loadModel } from '../common/cuda.mjs';
import { measureDrift } from '../common/drift.mjs';
import { findPan } from '../common/motion.mjs';

const model = { bias: -1.37, weights: [12.08, -2.48, -7.76] };
const featuresMiB = 0.25;

function examine({ name, frames }) {
  allocate(featuresMiB);
  return [name, probability(measureDrift(frames, findPan(frames)), model)];
}

loadModel(24);
writePredictions(Array.from(readClips(), examine));
