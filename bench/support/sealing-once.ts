/** Copies, seals or opens a predictions file as runner and scorer do; prints the cost as JSON. */
import { createReadStream } from 'node:fs';
import { dirname } from 'node:path';
import { copyPredictions } from '../../src/runner/stage/predictions.ts';
import { openStream } from '../../src/sealing/age.ts';
import { startCost } from './cost.ts';

const [what, file = '', to = '', key = ''] = process.argv.slice(2);
const printCost = startCost();
if (what === 'open') {
  for await (const _ of openStream({ identity: key, sealed: createReadStream(file), bucket: '', key: '' }));
} else {
  const wanted = { file: 'predictions.csv', maxBytes: 2 ** 32 };
  await copyPredictions({ output: dirname(file), wanted, to, seal: what === 'seal' ? key : undefined });
}
printCost();
