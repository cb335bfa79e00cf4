/**
 * `node --import tsx bench/gate.ts [GIB [PACKING,…]]`: a 2 GiB archive passes the gate into the image store, compared with
 * `skopeo copy` of the same archive into a layout and with `sha256sum`; alternating, each limited to one core.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { largeArchive, type Packing } from './support/large-archive.ts';
import { benchFolder, keepResult, quantile, type BenchResult } from './support/results.ts';

const gibibytes = Number(process.argv[2] ?? 2);
const rounds = 3;
const packings: readonly Packing[] = (process.argv[3]?.split(',') ?? ['plain', 'gzip', 'zstd']) as Packing[];
const folder = benchFolder('gate');

interface Cost {
  seconds: number;
  cpuSeconds: number;
  peakMiB?: number;
}
type Program = 'gate' | 'skopeo' | 'sha256sum';
const programs: readonly Program[] = ['gate', 'skopeo', 'sha256sum'];

const onOneCore = (command: string, ...args: string[]): string =>
  execFileSync('taskset', ['-c', '0', command, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

/** Measured by the shell, for external programs. */
function timed(...command: string[]): Cost {
  const script = 'TIMEFORMAT="%R %U %S"; { time "$@" >/dev/null; } 2>&1';
  const [seconds = 0, user = 0, system = 0] = onOneCore('bash', '-c', script, 'bash', ...command)
    .trim()
    .split(' ')
    .map(Number);
  return { seconds, cpuSeconds: user + system };
}

function costOf(program: Program, archive: string): Cost {
  const copy = join(folder, 'copy');
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  // Pending writes must not slow down the next measurement.
  execFileSync('sync');
  const tmpdir = ['--insecure-policy', '--tmpdir', copy];
  const costs: Record<Program, () => Cost> = {
    gate: () =>
      JSON.parse(onOneCore(process.execPath, '--import', 'tsx', 'bench/support/gate-once.ts', archive, copy)) as Cost,
    skopeo: () =>
      timed(
        'skopeo',
        ...tmpdir,
        'copy',
        '-q',
        '--dest-oci-accept-uncompressed-layers',
        `oci-archive:${archive}`,
        `oci:${copy}/layout:image`,
      ),
    sha256sum: () => timed('sha256sum', archive),
  };
  const cost = costs[program]();
  rmSync(copy, { recursive: true });
  return cost;
}

const rows: BenchResult['rows'] = [];
const details: Record<string, Record<Program, Cost[]>> = {};
mkdirSync(folder, { recursive: true });
for (const packing of packings) {
  const archive = await largeArchive(folder, packing, gibibytes * 2 ** 30);
  const megabytes = statSync(archive).size / 1e6;
  const costs: Record<Program, Cost[]> = { gate: [], skopeo: [], sha256sum: [] };
  for (let round = 0; round < rounds; round += 1)
    for (const program of programs) costs[program].push(costOf(program, archive));
  const median = (program: Program, key: 'seconds' | 'cpuSeconds'): number =>
    quantile(
      costs[program].map((cost) => cost[key]),
      0.5,
    );
  const rate = (program: Program): string => `${(megabytes / median(program, 'cpuSeconds')).toFixed(0)} MB/s`;
  const ratio = median('gate', 'cpuSeconds') / median('skopeo', 'cpuSeconds');
  const byClock = median('gate', 'seconds') / median('skopeo', 'seconds');
  const peakMiB = Math.max(...costs.gate.map(({ peakMiB = 0 }) => peakMiB));
  rows.push(
    {
      what: `${packing} layers, archive of ${megabytes.toFixed(0)} MB: archive bytes per second of processor time`,
      found: `gate with its copy ${rate('gate')}, skopeo copy ${rate('skopeo')}, sha256sum ${rate('sha256sum')}`,
    },
    {
      what: `${packing} layers: gate with its copy, relative to skopeo copy`,
      found: `${ratio.toFixed(2)} × the processor time, ${byClock.toFixed(2)} × the wall-clock time`,
      aim: '≤ 1.5 ×',
      met: ratio <= 1.5,
    },
    {
      what: `${packing} layers: peak memory of the gate’s process`,
      found: `${peakMiB.toFixed(0)} MiB`,
      aim: '≤ 300 MB',
      met: peakMiB * 2 ** 20 <= 300e6,
    },
  );
  details[packing] = costs;
}
keepResult('gate', rows, details, [
  'Each program is limited to one core. Medians of three alternating rounds. The aim refers to processor time, because other ' +
    'work on the machine increases the wall-clock time. skopeo copies layers unchanged and hashes blobs without reading layers; ' +
    'the gate also unpacks every layer and reads its entries. Half of each file is random bytes, half is text.',
  'Node decompresses zstd itself from 22.15 on. Earlier versions use fzstd, which is JavaScript: 3.13 × the processor time of ' +
    'skopeo under Node 20.20 (docs/adr/0012).',
]);
rmSync(folder, { recursive: true });
