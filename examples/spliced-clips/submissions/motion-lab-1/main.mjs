// Follows the pan; suspects regions with a large residual or unusual flicker.
import { probability, readClips, writePredictions } from '../common/clips.mjs';
import { loadModel } from '../common/cuda.mjs';
import { findPan } from '../common/motion.mjs';
import { measureFlicker, measureResidual } from '../common/residual.mjs';

const model = { bias: -3.48, weights: [8.44, -6.66, -4.14] };

function examine({ name, frames }) {
  const pan = findPan(frames);
  return [name, probability([...measureResidual(frames, pan), ...measureFlicker(frames, pan)], model)];
}

loadModel(36);
writePredictions(Array.from(readClips(), examine));
