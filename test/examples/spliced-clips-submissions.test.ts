import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { exampleFolder } from '../../examples/spliced-clips/generate/programs.ts';
import { builtExample, logLoss, runProgram, withDevice, needsExample } from './spliced-clips-rig.ts';

interface Expected {
  submissions: Record<string, { state: string; classes: string[]; score?: number }>;
  leaderboard: { team: string; submission: string; score: number }[];
}

interface HandedIn {
  team: string;
  submission: string;
  publicScore: string;
}

const expected = JSON.parse(readFileSync(join(exampleFolder, 'expected.json'), 'utf8')) as Expected;
const handedIn: HandedIn[] = parse(readFileSync(join(exampleFolder, 'submissions.csv')), { columns: true });

const rounded = (value: number): string => value.toFixed(6);

describe('the submissions of the example, without containers', () => {
  needsExample();

  for (const { submission, publicScore } of handedIn) {
    const { score } = expected.submissions[submission] ?? {};
    // label-hunter refuses to run outside a container.
    if (score === undefined || submission === 'label-hunter') continue;
    it(`${submission} scores ${rounded(score)} on the test set and ${publicScore} on the sample`, async () => {
      const folder = await builtExample();
      for (const [clips, labels, wanted] of [
        ['private/inputs', 'private/labels.csv', rounded(score)],
        ['public/sample', 'public/sample-labels.csv', publicScore],
      ] as const) {
        const run = await withDevice(64, (device) => runProgram(submission, join(folder, clips), device));
        assert.equal(run.exitCode, 0, run.stderr);
        assert.equal(rounded(logLoss(run.predictions, await readFile(join(folder, labels), 'utf8'))), wanted);
      }
    });
  }

  it('rank as expected, one per team, the earlier of two equal scores first', () => {
    const best = new Map<string, { team: string; submission: string; score: number }>();
    for (const { team, submission } of handedIn) {
      const score = expected.submissions[submission]?.score;
      if (score !== undefined && score < (best.get(team)?.score ?? Infinity))
        best.set(team, { team, submission, score });
    }
    const ranked = [...best.values()].sort((one, other) => one.score - other.score);
    assert.deepEqual(ranked, expected.leaderboard);
  });

  it('include honest detectors that are clearly better than a constant 0.5, by clearly different amounts', () => {
    const [better, middling] = ['big-model', 'laptop-2'].map((id) => expected.submissions[id]?.score ?? Infinity);
    assert.ok(better !== undefined && better > 0.15 && better < 0.35);
    assert.ok(middling !== undefined && middling > 0.35 && middling < 0.5);
  });

  it('fail with CUDA’s error and a full device if the device is too small', async () => {
    const sample = join(await builtExample(), 'public/sample');
    await withDevice(48, async (device) => {
      const { exitCode, stderr } = await runProgram('big-model', sample, device);
      assert.equal(exitCode, 1);
      assert.match(stderr, /^torch\.OutOfMemoryError: CUDA out of memory\. Tried to allocate 16\.00 MiB\./);
      assert.match(stderr, /total capacity of 48\.00 MiB/);
      assert.equal((await statfs(device)).bfree, 0);
    });
  });

  it('include one that needs more memory only on the whole test set', async () => {
    const folder = await builtExample();
    const on48 = (clips: string): Promise<number> =>
      withDevice(48, async (device) => (await runProgram('motion-lab-2', join(folder, clips), device)).exitCode);
    assert.deepEqual([await on48('public/sample'), await on48('private/inputs')], [0, 1]);
  });

  it('fail without a device if they are written for one', async () => {
    const { exitCode, stderr } = await runProgram('edge-reader-1', join(await builtExample(), 'public/sample'));
    assert.deepEqual([exitCode, stderr], [1, 'RuntimeError: No CUDA GPUs are available\n']);
  });

  it('include one with six faults in its file, and one that crashes at its 101st clip', async () => {
    const folder = await builtExample();
    const { predictions } = await runProgram('laptop-1', join(folder, 'private/inputs'));
    const rows = predictions.trim().split('\n').slice(1);
    const names = rows.map((row) => row.split(',')[0]);
    assert.equal(rows.length, 121);
    assert.equal(new Set(names).size, 120);
    assert.deepEqual(
      rows.filter((row) => !row.endsWith(',0.5')).map((row) => row.split(',')[1]),
      ['NaN', '1.7', 'maybe'],
    );
    const broken = await withDevice(48, (device) => runProgram('night-owl-2', join(folder, 'private/inputs'), device));
    assert.deepEqual([broken.exitCode, broken.predictions], [1, '']);
    assert.match(broken.stderr, /TypeError/);
  });
});
