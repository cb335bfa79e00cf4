// Predicts one half for every clip, the baseline without reading any clip.
import { clipNames, writePredictions } from '../common/clips.mjs';

writePredictions(clipNames().map((name) => [name, 0.5]));
