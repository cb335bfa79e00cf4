// Uses no GPU: follows the pan and measures the residual.
import { probability, readClips, writePredictions } from '../common/clips.mjs';
import { findPan } from '../common/motion.mjs';
import { measureResidual } from '../common/residual.mjs';

const model = { bias: -2.34, weights: [5.81] };

writePredictions(
  Array.from(readClips(), ({ name, frames }) => [name, probability(measureResidual(frames, findPan(frames)), model)]),
);
