/** `node --import tsx bench/sealing.ts [MIB]`: what sealing predictions costs the runner, and opening them the scorer. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { sealBytes } from '../src/sealing/age.ts';
import { benchFolder, keepResult, quantile } from './support/results.ts';

const mebibytes = Number(process.argv[2] ?? 256);
const rounds = 5;
const smallObjects = 200;
const folder = benchFolder('sealing');
const output = join(folder, 'output');
const [plain, copy, sealed] = [join(output, 'predictions.csv'), join(folder, 'copy'), join(folder, 'sealed')];

interface Cost {
  seconds: number;
  cpuSeconds: number;
  peakMiB: number;
}

const once = (...args: string[]): Cost =>
  JSON.parse(
    execFileSync(process.execPath, ['--import', 'tsx', 'bench/support/sealing-once.ts', ...args], { encoding: 'utf8' }),
  ) as Cost;

mkdirSync(output, { recursive: true });
writeFileSync(plain, Buffer.alloc(mebibytes << 20, 'clip-0001.mp4,0.123456789\n'));
const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);
once('seal', plain, copy, recipient);
copyFileSync(copy, sealed);
const measured = {
  'copied and hashed, as before': () => once('copy', plain, copy),
  'copied, sealed and hashed': () => once('seal', plain, copy, recipient),
  opened: () => once('open', sealed, copy, identity),
};
const costs = Object.entries(measured).map(([what, run]) => ({ what, took: Array.from({ length: rounds }, run) }));
const usage = process.cpuUsage();
for (let n = 0; n < smallObjects; n += 1) await sealBytes(recipient, Buffer.alloc(4_096));
const { user, system } = process.cpuUsage(usage);
rmSync(folder, { recursive: true });
keepResult(
  'sealing',
  [
    ...costs.map(({ what, took }) => {
      const median = (of: (cost: Cost) => number): number => quantile(took.map(of), 0.5);
      const perMiB = (1_000 * median(({ cpuSeconds }) => cpuSeconds)) / mebibytes;
      const peak = median(({ peakMiB }) => peakMiB);
      return {
        what: `predictions of ${mebibytes} MiB, ${what}`,
        found: `${perMiB.toFixed(1)} ms/MiB, ${peak.toFixed(0)} MiB`,
      };
    }),
    { what: 'a log of 4 KiB, sealed', found: `${((user + system) / 1_000 / smallObjects).toFixed(1)} ms` },
  ],
  { rounds, costs },
  ['Processor time, and peak memory of the whole process, which sealing does not raise; medians of five.'],
);
