import assert from 'node:assert/strict';
import type { Context } from '@temporalio/activity';
import { PendingSubmit } from '../../../src/activities/jobs/pending-submit.ts';

describe('what an attempt to submit a job knows of the attempts before it', () => {
  /** One attempt, which fails after `told`; returns what it assumed and the details that it leaves. */
  async function attempt(
    number: number,
    heartbeatDetails: unknown,
    told: boolean[],
  ): Promise<{ assumed: boolean; details: unknown }> {
    let details: unknown;
    const heartbeat = (given: unknown): void => void (details = given);
    const pending = new PendingSubmit({ info: { attempt: number, heartbeatDetails }, heartbeat } as unknown as Context);
    const assumed = pending.mayBe;
    const failing = pending.handOver(() => {
      for (const mayBe of told) pending.mayBe = mayBe;
      return Promise.reject(new Error('failed'));
    });
    await assert.rejects(failing, { message: 'failed' });
    return { assumed, details };
  }

  it('assumes nothing pending at first, and hands over whether something is', async () => {
    const unsent = await attempt(1, undefined, []);
    assert.equal(unsent.assumed, false);
    const throttled = await attempt(2, unsent.details, [true, false]);
    assert.equal(throttled.assumed, false);
    const lost = await attempt(3, throttled.details, [true]);
    assert.deepEqual(lost, { assumed: false, details: undefined });
    assert.equal((await attempt(4, lost.details, [])).assumed, true);
  });

  it('assumes a pending SubmitJob until an attempt has looked for it and has proof', async () => {
    const interrupted = await attempt(2, undefined, []);
    assert.deepEqual(interrupted, { assumed: true, details: undefined });
    const refused = await attempt(3, undefined, [true, false]);
    assert.equal((await attempt(4, refused.details, [])).assumed, false);
  });

  it('does not believe an attempt that was not the last one: the last worker died', async () => {
    const { details } = await attempt(1, undefined, []);
    assert.equal((await attempt(3, details, [])).assumed, true);
    for (const strange of [null, 'text', { jobId: 'x' }, { nothingPendingAfter: '2' }]) {
      assert.equal((await attempt(3, strange, [])).assumed, true, JSON.stringify(strange));
    }
  });
});
