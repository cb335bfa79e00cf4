/** Takes one archive through the gate into an image store as the worker does; prints the cost as JSON. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ImageStore } from '../../src/images/store/image-store.ts';
import { inspectArchive } from '../../src/images/inspect-archive.ts';

const [archive = '', folder = ''] = process.argv.slice(2);
const [begun, usage] = [performance.now(), process.cpuUsage()];
const into = join(folder, 'scratch');
mkdirSync(into, { recursive: true });
const result = await inspectArchive(archive, { limits: { imageBytes: 2 ** 34, unpackedBytes: 2 ** 36 }, into });
if (result.kind === 'refused') throw new Error(result.why);
await new ImageStore(`oci:${join(folder, 'store')}`).put(result.layout, result.digest, 'bench/gate');
const { user, system } = process.cpuUsage(usage);
const { maxRSS } = process.resourceUsage();
console.log(
  JSON.stringify({
    seconds: (performance.now() - begun) / 1_000,
    cpuSeconds: (user + system) / 1e6,
    peakMiB: maxRSS / 1_024,
  }),
);
