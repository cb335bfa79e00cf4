import { Readable } from 'node:stream';
import { readPredictions } from '../../src/scoring/predictions.ts';

/** Started by predictions.test.ts with little heap: reads this many MiB of the given text as predictions, prints the kind. */
const [, , mebibytes, filling = ''] = process.argv;
const block = Buffer.alloc(2 ** 16, filling);
const source = Readable.from(
  (function* () {
    yield Buffer.from('filename,label\n');
    for (let i = 0; i < 16 * Number(mebibytes); i += 1) yield block;
  })(),
);
const result = await readPredictions({
  source,
  inputs: new Set(['a.mp4']),
  format: { file: 'predictions.csv', id: 'filename', value: 'label', maxBytes: 30 * 2 ** 20, missing: 'reject' },
  metric: 'log-loss',
});
process.stdout.write(result.kind);
