import assert from 'node:assert/strict';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { ContainerEnd, StartCause } from '../../src/campaign/model/run-outcome.ts';
import type { ImageRecipe } from '../support/images/oci-image.ts';
import { openedBySpecification } from '../support/age-by-specification.ts';
import { tinyElf } from '../support/images/tiny-elf.ts';
import { RunnerRig, sha256Of } from './runner-rig.ts';

describe('a runner reports how a submission ended', () => {
  let rig: RunnerRig;
  before(async () => {
    rig = await RunnerRig.start();
  });
  after(() => rig.stop());
  afterEach(() => assert.deepEqual(rig.leftOvers(), []));

  it('successfully, with predictions from the staged inputs', async () => {
    const script = 'cat $HOLDOUT_INPUT/a.txt /input/b.txt > $HOLDOUT_OUTPUT/predictions.csv; echo done; echo oops >&2';
    const { outcome, runKey, jobId, log } = await rig.run(script);
    assert.deepEqual(outcome.predictions, {
      kind: 'collected',
      key: `${runKey}/predictions.csv`,
      bytes: 9,
      sha256: sha256Of('alphabeta'),
    });
    assert.equal((await rig.store.read(rig.s3.buckets.runs, `${runKey}/predictions.csv`)).toString(), 'alphabeta');
    assert.equal((await rig.store.read(rig.s3.buckets.runs, `${runKey}/claim`)).toString(), jobId);
    assert.deepEqual(log.split('\n').sort(), ['', 'done', 'oops']);
    assert.equal(outcome.log.tail, log);
    assert.deepEqual(outcome.end, { kind: 'exited', exitCode: 0 });
    assert.deepEqual([outcome.jobId, outcome.runKey, outcome.device], [jobId, runKey, null]);
    assert.equal(outcome.memory.outOfMemory, 'none');
    assert.ok(outcome.memory.peakMiB !== null && outcome.memory.peakMiB > 0 && outcome.memory.peakMiB <= 64);
    const byTheClock = Date.parse(outcome.stoppedAt ?? '') - Date.parse(outcome.startedAt ?? '');
    assert.ok(Math.abs(byTheClock / 1000 - outcome.seconds) < 0.1);
  });

  it('with predictions and log sealed, and no text of the submission in the outcome', async () => {
    const script =
      'echo said-$((111111 * 6)); echo "wrote-$((111111 * 6))" >/output/predictions.csv; echo MemoryError; exit 1';
    const identity = await generateX25519Identity();
    const { outcome, runKey } = await rig.run(script, { seal: await identityToRecipient(identity) });
    const stored = async (key: string): Promise<Buffer> => rig.store.read(rig.s3.buckets.runs, key);
    const [log, predictions] = [await stored(`${runKey}/stdout.log`), await stored(`${runKey}/predictions.csv`)];
    for (const text of [JSON.stringify(outcome), log.toString('latin1'), predictions.toString('latin1')])
      assert.doesNotMatch(text, /666666|MemoryError/);
    assert.equal(openedBySpecification(log, identity).toString(), 'said-666666\nMemoryError\n');
    assert.equal(openedBySpecification(predictions, identity).toString(), 'wrote-666666\n');
    assert.deepEqual(outcome.log, {
      bytes: 24,
      keptBytes: 24,
      sha256: sha256Of(log),
      tail: '',
      hints: { fullMemory: 'memory', readOnlyFileSystem: false },
    });
    const key = `${runKey}/predictions.csv`;
    assert.deepEqual(outcome.predictions, { kind: 'collected', key, bytes: 13, sha256: sha256Of(predictions) });
  });

  it('with submission.csv if the file with the campaign’s name is missing', async () => {
    const { outcome } = await rig.run('echo x > /output/submission.csv');
    assert.equal(outcome.predictions.kind, 'collected');
  });

  for (const exitCode of [3, 125, 126, 127, 137]) {
    it(`with its own exit code ${exitCode} and no output`, async () => {
      const { outcome } = await rig.run(`exit ${exitCode}`);
      assert.deepEqual(outcome.end, { kind: 'exited', exitCode });
      assert.deepEqual(outcome.predictions, { kind: 'missing' });
      assert.equal(outcome.memory.outOfMemory, 'none');
    });
  }

  it('at its time limit, by the runner’s clock', async () => {
    const { outcome } = await rig.run('trap "" TERM; echo x > /output/predictions.csv; while :; do sleep 1; done', {
      limits: { wallClockSeconds: 2 },
    });
    assert.deepEqual(outcome.end, { kind: 'time-limit' });
    assert.ok(outcome.seconds >= 2 && outcome.seconds < 5, `${outcome.seconds} s`);
    assert.equal(outcome.predictions.kind, 'collected');
  });

  const entry = (content: string | Buffer, mode = 0o755): ImageRecipe => ({ files: { '/entry': { content, mode } } });
  const unrunnable: Partial<Record<StartCause, ImageRecipe[]>> = {
    'entry-point-missing': [{ config: { Entrypoint: ['/nowhere'] } }, { config: { Entrypoint: ['nowhere'] } }],
    'entry-point-not-executable': [
      entry('x', 0o644),
      entry('#!/bin/sh\n', 0o700),
      { config: { Entrypoint: ['/bin'] } },
    ],
    'entry-point-for-another-machine': [entry(tinyElf(Buffer.from([0xf4]), 183)), entry('echo no first line\n')],
    'interpreter-missing': [entry('#!/usr/bin/python3\n'), entry('#!/bin/sh\r\necho x\r\n')],
    'no-command': [{ config: { Entrypoint: [] } }],
    'work-folder-unusable': [{ script: 'exit 0', config: { WorkingDir: '/entry' } }],
    'environment-too-large': [{ script: 'exit 0', config: { Env: [`A=${'x'.repeat(200_000)}`] } }],
    'path-in-the-way': [{ script: 'exit 0', folders: { '/etc/passwd': 0o755 } }],
  };
  for (const [cause, recipes] of Object.entries(unrunnable)) {
    it(`never started, by the team's fault: ${cause}`, async () => {
      for (const { outcome } of await Promise.all(recipes.map((recipe) => rig.run(recipe)))) {
        const { detail, ...end } = outcome.end as Extract<ContainerEnd, { kind: 'never-started' }>;
        assert.deepEqual(end, { kind: 'never-started', fault: 'team', cause }, detail);
        assert.match(detail, /^[A-Z][a-z ,A-Z]+\.$/);
        assert.deepEqual([outcome.startedAt, outcome.stoppedAt, outcome.seconds], [null, null, 0]);
      }
    });
  }

  it('never started, by the platform’s fault, if the engine cannot start it', async () => {
    const { outcome } = await rig.run('exit 0', { limits: { memoryMiB: 1, pids: 1 } });
    assert.ok(outcome.end.kind === 'never-started' && outcome.end.fault === 'platform', JSON.stringify(outcome.end));
  });
});
