import { buildExample } from './build.ts';

/** `tsx examples/spliced-clips/write.ts FOLDER`: writes the example campaign into a folder, or finds it there. */
const [, , folder] = process.argv;
if (folder === undefined) throw new RangeError('which folder? tsx examples/spliced-clips/write.ts FOLDER');
await buildExample(folder, (line) => process.stderr.write(`${line}\n`));
