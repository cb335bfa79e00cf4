/** Takes one archive through the gate into an image store as the worker does; prints the cost as JSON. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ImageStore } from '../../src/images/store/image-store.ts';
import { inspectArchive } from '../../src/images/inspect-archive.ts';
import { startCost } from './cost.ts';

const [archive = '', folder = ''] = process.argv.slice(2);
const printCost = startCost();
const into = join(folder, 'scratch');
mkdirSync(into, { recursive: true });
const result = await inspectArchive(archive, { limits: { imageBytes: 2 ** 34, unpackedBytes: 2 ** 36 }, into });
if (result.kind === 'refused') throw new Error(result.why);
await new ImageStore(`oci:${join(folder, 'store')}`).put(result.layout, result.digest, 'bench/gate');
printCost();
