// Reads the grain of single frames. A small model on the device.
import { probability, readClips, writePredictions } from '../common/clips.mjs';
import { loadModel } from '../common/cuda.mjs';
import { measureGrain } from '../common/grain.mjs';

const model = { bias: -1.27, weights: [-5.63, 0.87] };

loadModel(20);
writePredictions(Array.from(readClips(), ({ name, frames }) => [name, probability(measureGrain(frames), model)]));
