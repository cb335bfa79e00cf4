// Never touches a GPU: follows the pan and asks what does not fit.
import { probability, readClips, writePredictions } from '../common/clips.mjs';
import { findPan } from '../common/motion.mjs';
import { measureResidual } from '../common/residual.mjs';

const model = { bias: -2.34, weights: [5.81] };

writePredictions(
  Array.from(readClips(), ({ name, frames }) => [name, probability(measureResidual(frames, findPan(frames)), model)]),
);
