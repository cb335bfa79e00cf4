import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { RunnerRig } from './runner-rig.ts';

describe('a runner survives hostile output', () => {
  let rig: RunnerRig;
  before(async () => {
    rig = await RunnerRig.start();
  });
  after(() => rig.stop());
  afterEach(() => assert.deepEqual(rig.leftOvers(), []));

  const traps = {
    'a symbolic link': { script: 'ln -s /etc/shadow /output/predictions.csv', why: 'link' },
    'a hard link': { script: 'echo x > /output/a; ln /output/a /output/predictions.csv', why: 'link' },
    'a FIFO': { script: 'mkfifo /output/predictions.csv', why: 'not-a-file' },
    'a folder': { script: 'mkdir /output/predictions.csv', why: 'not-a-file' },
    'a sparse file of 2 GB': { script: 'truncate -s 2G /output/predictions.csv', why: 'too-large' },
    'a file that is one byte too large': {
      script: 'head -c 1000001 /dev/zero > /output/predictions.csv',
      why: 'too-large',
    },
  };
  for (const [what, { script, why }] of Object.entries(traps)) {
    it(`${what} instead of predictions`, async () => {
      const { outcome, runKey } = await rig.run(`${script}; echo x > /output/submission.csv`);
      assert.deepEqual(outcome.predictions, { kind: 'refused', why });
      assert.equal(await rig.store.find(rig.s3.buckets.runs, `${runKey}/predictions.csv`), undefined);
    });
  }

  it('an empty file and one of exactly the maximum size are collected', async () => {
    for (const bytes of [0, 1_000_000]) {
      const { outcome } = await rig.run(`head -c ${bytes} /dev/zero > /output/predictions.csv`);
      assert.ok(outcome.predictions.kind === 'collected' && outcome.predictions.bytes === bytes);
    }
  });

  it('300 MB on standard output, without growing', async () => {
    const { runKey } = await rig.putSpec(rig.image('echo first; head -c 300000000 /dev/zero; echo; echo last'));
    const runner = rig.startRunner(runKey);
    let peakKiB = 0;
    const sampler = setInterval(() => {
      const status = readFileSync(`/proc/${runner.process.pid}/status`, 'utf8');
      peakKiB = Math.max(peakKiB, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    }, 100);
    runner.process.once('exit', () => clearInterval(sampler));
    const { outcome, log } = await rig.finished(runner);
    assert.deepEqual(outcome.end, { kind: 'exited', exitCode: 0 });
    const kept = 1024 * 1024;
    assert.deepEqual([outcome.log.bytes, outcome.log.keptBytes], [300_000_012, kept]);
    assert.match(log.slice(0, 10), /^first\n/);
    assert.match(log.slice(-10), /\nlast\n$/);
    assert.ok(log.includes(`\n--- holdout: ${300_000_012 - kept} bytes dropped ---\n`));
    assert.ok(peakKiB > 0 && peakKiB < 220 * 1024, `${peakKiB} KiB`);
  });
});
