// edge-reader-1 with weights six times as large: overconfident, so it scores worse than one half for every clip.
import { probability, readClips, writePredictions } from '../common/clips.mjs';
import { loadModel } from '../common/cuda.mjs';
import { measureGrain } from '../common/grain.mjs';

const model = { bias: -7, weights: [-32, 5.3] };

loadModel(20);
writePredictions(Array.from(readClips(), ({ name, frames }) => [name, probability(measureGrain(frames), model)]));
