import assert from 'node:assert/strict';
import { queueHeadLines, queueHeads } from '../../../src/client/status/queue-heads.ts';
import { Rig } from '../../local/batch-endpoint/endpoint-rig.ts';

describe('the head of a blocked queue', () => {
  const rig = new Rig({
    queues: [
      { name: 'full', slots: 0 },
      { name: 'free', slots: 1 },
    ],
  });
  before(() => rig.start());
  after(() => rig.remove());
  const classes = [
    { name: 'g4', queue: 'full' },
    { name: 'p3', queue: 'free' },
    { name: 'gone', queue: 'no-such-queue' },
  ];

  it('is named with its instant and Batch’s reason once it stays there; a queue that Batch does not show is left out', async () => {
    await rig.register();
    const jobId = await rig.submit('true', { jobQueue: 'full' });
    await rig.reach(jobId, 'RUNNABLE');
    assert.deepEqual(await queueHeads(rig.client, classes, Date.now()), [], 'it has been there for a moment only');
    const later = Date.now() + 120_000;
    const heads = await queueHeads(rig.client, classes, later);
    assert.deepEqual(
      heads.map(({ class: name, queue, jobId }) => ({ name, queue, jobId })),
      [{ name: 'g4', queue: 'full', jobId }],
    );
    assert.match(
      queueHeadLines(heads).join('\n'),
      /^g4: the queue full is blocked at its head since \S+ \S+ UTC by job \S+: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY .* → nothing to repair/,
    );
  });

  it('is left out, without an error, where Batch does not permit the question', async () => {
    const stranger = rig.clientWith({ credentials: { accessKeyId: 'nobody', secretAccessKey: 'nothing' } });
    assert.deepEqual(await queueHeads(stranger, classes, Date.now() + 120_000), []);
  });
});
