import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../../scripts/build.mjs';
import { PretendedNvidiaSmi } from '../support/pretended-nvidia-smi.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const deviceMiB = 1_000;

/** Adds up the memory that processes of the fake driver hold and reports `share` of it. */
const sampling = (share = 1): string => `
PATH=/usr/bin:/bin
while :; do
  used=0
  for file in used/*; do kill -0 "\${file#used/}" 2>/dev/null && used=$((used + $(cat "$file"))); done
  echo "GPU-1, $((3 + used / ${share})), ${deviceMiB + 3}, 550.54.15"
  sleep 0.1
done`;
const accounts = "PATH=/usr/bin:/bin; cat accounts/* 2>/dev/null | sed 's/^/GPU-1, /'";

describe('the check of a real GPU', function () {
  let smi: PretendedNvidiaSmi;
  let alone: string;
  before(async function () {
    await build();
    alone = mkdtempSync(join(tmpdir(), 'holdout-check-gpu-'));
    copyFileSync(join(root, 'dist/check-gpu.mjs'), join(alone, 'check-gpu.mjs'));
    if ([spawnSync('cc', ['--version']), spawnSync('python3', ['--version'])].some(({ status }) => status !== 0)) {
      this.skip();
    }
    const library = join(alone, 'libcuda.so.1');
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, join(root, 'test/support/pretended-cuda.c')]);
  });
  after(() => rmSync(alone, { recursive: true }));
  beforeEach(() => {
    smi = new PretendedNvidiaSmi();
    mkdirSync(join(smi.folder, 'used'));
    smi.does(sampling(), accounts);
  });
  afterEach(() => smi.remove());

  const check = (env: NodeJS.ProcessEnv = {}): { status: number | null; lines: string[] } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['check-gpu.mjs'], {
      cwd: alone,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        LD_LIBRARY_PATH: alone,
        PRETENDED_GPU: smi.folder,
        PRETENDED_MIB: String(deviceMiB),
        ...env,
      },
    });
    assert.equal(stderr, '');
    return { status, lines: stdout.trimEnd().split('\n') };
  };
  const wrong = (lines: string[]): string[] => lines.filter((line) => line.startsWith('WRONG'));

  it('is one file that imports only Node’s own modules', () => {
    const imports = [...readFileSync(join(alone, 'check-gpu.mjs'), 'utf8').matchAll(/\bfrom\s*["']([^"']+)["']/g)];
    assert.ok(imports.length > 3);
    for (const [, name = ''] of imports) assert.match(name, /^node:/);
  });

  it('passes for a GPU that is measured correctly, and prints the measurements', () => {
    const { status, lines } = check();
    assert.deepEqual(wrong(lines), []);
    assert.equal(lines[0], 'Pretended GPU 0, driver 550.54.15: 1003 MiB by nvidia-smi, 1000 MiB by CUDA');
    const [context, held, freed, tooLarge, filled, shortPeak] = lines.slice(1);
    assert.match(context ?? '', /nothing but its context: expected 5 to 1003 MiB, measured 23$/);
    assert.match(held ?? '', /^ok {5}250 MiB, held: expected 254 to 292 MiB, measured 273$/);
    assert.match(freed ?? '', /^ok {5}500 MiB, freed long before the end: .* measured 523$/);
    assert.match(tooLarge ?? '', /^ok {5}1001 MiB at once, which is out of memory: .* measured 23$/);
    assert.match(filled ?? '', /^ok {5}980 MiB, until it is out of memory: expected 953 to 1003 MiB, measured 1003$/);
    assert.match(shortPeak ?? '', /accounting is off/);
    assert.equal(status, 0);
  });

  it('measures a peak between two samples if the driver’s accounting is on', () => {
    mkdirSync(join(smi.folder, 'accounts'));
    const { status, lines } = check();
    assert.deepEqual(wrong(lines), []);
    assert.match(lines.at(-1) ?? '', /^ok {5}250 MiB, for a moment between two samples: .* measured 273$/);
    assert.equal(status, 0);
  });

  it('fails for a GPU that shows half of its usage', () => {
    smi.does(sampling(2), accounts);
    const { status, lines } = check();
    assert.equal(status, 1);
    assert.equal(wrong(lines).length, 3, lines.join('\n'));
  });

  it('fails for a GPU with endless memory', () => {
    const { status, lines } = check({ PRETENDED_FAULT: 'endless' });
    assert.equal(status, 1);
    assert.equal(wrong(lines).filter((line) => line.endsWith('CUDA gave more than the device has')).length, 2);
  });

  it('is not run, which is no pass, if something is missing', () => {
    const missing: [why: RegExp, env: NodeJS.ProcessEnv][] = [
      [/^not run: nvidia-smi is not on the PATH of this host\. Install the driver/, { PATH: alone }],
      [/^not run: CUDA cannot be used: python3 cannot be started$/, { PATH: smi.folder }],
      [/^not run: CUDA cannot be used: cuInit returned 100$/, { PRETENDED_FAULT: 'no-device' }],
    ];
    for (const [why, env] of missing) {
      const { status, lines } = check(env);
      assert.equal(lines.length, 1, lines.join('\n'));
      assert.match(lines[0] ?? '', why);
      assert.equal(status, 3);
    }
  });

  it('is not run, and says what to do, if the driver cannot be reached', () => {
    smi.does('exit 9');
    const { status, lines } = check();
    const [line = '', ...more] = lines;
    assert.match(line, /^not run: nvidia-smi cannot reach the driver of the GPU: exit status 9\. Load the driver/);
    assert.deepEqual([status, more], [3, []]);
  });
});
