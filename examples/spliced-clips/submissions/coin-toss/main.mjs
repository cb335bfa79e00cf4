// One half for every clip: what everybody can reach without looking.
import { clipNames, writePredictions } from '../common/clips.mjs';

writePredictions(clipNames().map((name) => [name, 0.5]));
