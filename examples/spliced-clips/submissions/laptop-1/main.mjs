// Six faults in one predictions file: a missing clip, a duplicate, an unknown one, and three invalid values.
import { clipNames, writeLines } from '../common/clips.mjs';

const [, ...rows] = clipNames().map((name) => `${name},0.5`);
const named = (index) => rows[index].split(',')[0];
rows[1] = `${named(1)},NaN`;
rows[2] = `${named(2)},1.7`;
rows[3] = `${named(3)},maybe`;
writeLines([...rows, rows[4], 'clip-of-my-cat.y4m,0.5']);
