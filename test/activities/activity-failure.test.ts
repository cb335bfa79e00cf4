import assert from 'node:assert/strict';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { activityFailure, causeId, withoutWords } from '../../src/activities/activity-failure.ts';
import { holdoutError } from '../../src/errors.ts';
import { causeOf } from '../../src/workflows/jobs/follow-job.ts';

const canary = 'etc/shadow-of-CANARY';
const input = { campaign: 'case', submission: 's-1', n: 2, note: canary };
const failureOf = (error: unknown): ApplicationFailure => {
  const failure = activityFailure(error, input, true);
  assert.ok(failure instanceof ApplicationFailure);
  return failure;
};

describe('the failure of an activity', () => {
  const errors = [
    holdoutError('IMAGE_COPY_FAILED', { image: 'docker://x/y', detail: `layer 1: ${canary}` }),
    holdoutError('OBJECT_CHANGED', { bucket: 'b', key: canary }),
    Object.assign(new Error(`ENOENT: no such file, open '/srv/holdout/${canary}'`), { code: 'ENOENT' }),
    new TypeError(canary),
    canary,
  ];

  it('has the code and ids in its message, and no word of the error, its cause or its stack', () => {
    for (const error of errors) {
      const { message, type, stack, cause } = failureOf(error);
      assert.ok(!`${message} ${type} ${String(stack)} ${JSON.stringify(cause)}`.includes('CANARY'), message);
      assert.match(message, /^\w+ in case, s-1, run 2; /);
    }
    assert.deepEqual(
      errors.map((error) => failureOf(error).type),
      ['IMAGE_COPY_FAILED', 'OBJECT_CHANGED', 'Error', 'TypeError', 'Error'],
    );
  });

  it('has the pause until the next attempt, if one is given', () => {
    assert.equal((activityFailure(new Error('x'), input, true, 4_000) as ApplicationFailure).nextRetryDelay, 4_000);
    assert.equal(failureOf(new Error('x')).nextRetryDelay, undefined);
  });

  it('keeps the cause in its details, without the paths of a host', () => {
    const [copied, , missing] = errors.map((error) => failureOf(error).details?.[0] as string);
    assert.match(copied ?? '', /layer 1: etc/);
    assert.ok(!missing?.includes('/srv/holdout'), missing);
  });

  it('has no word of the error at all where payloads are plain: the code, and an id by which the worker’s log has the cause', () => {
    const ids = errors.map((error) => {
      const failure = activityFailure(error, input, false) as ApplicationFailure;
      const { message, type, details = [] } = failure;
      const id = causeId(error, input);
      assert.deepEqual(details, [`the worker’s log has the cause as ${id}`]);
      assert.ok(!JSON.stringify(failure).includes('CANARY'), message);
      // What a campaign keeps of it, and what status prints.
      assert.equal(
        causeOf(failure, input),
        `${type === 'Error' ? '' : `${type}: `}the worker’s log has the cause as ${id}`,
      );
      assert.equal(withoutWords(error, input), `${type}: the worker’s log has the cause as ${id}`);
      return id;
    });
    assert.equal(new Set(ids).size, errors.length - 1, 'one for each cause; the last two say the same');
    const unusable = { queue: 'q', instanceClass: 'g4', why: canary, who: 'operator' as const, next: canary };
    const queue = activityFailure(holdoutError('QUEUE_UNUSABLE', unusable), input, false);
    assert.ok(!JSON.stringify(queue).includes('CANARY'), 'nor of its next step');
    const [one, other] = ['s-1', 's-22'].map((submission) => {
      const detail = `layer 1 of ${submission}`;
      return causeId(holdoutError('IMAGE_COPY_FAILED', { image: submission, detail }), {
        campaign: 'case',
        submission,
        n: 1,
      });
    });
    assert.equal(one, other, 'equal for equal faults');
  });

  it('keeps a next step whole beside a long cause, unless it follows from the code', () => {
    const long = 'x '.repeat(300);
    const next = 'npm --prefix infra run deploy -- compute';
    const unusable = { queue: 'q', instanceClass: 'g4', why: long, who: 'operator' as const, next };
    const [cause, step] = failureOf(holdoutError('QUEUE_UNUSABLE', unusable)).details ?? [];
    assert.match(String(cause), /^The Batch queue q .*…$/);
    assert.equal(step, next);
    assert.equal(failureOf(holdoutError('IMAGE_COPY_FAILED', { image: 'x', detail: long })).details?.length, 1);
  });

  it('has equal words for the equal faults of two submissions, also where they are cut, and so has the cause of a run', () => {
    const rounds = ['s-1', 'a-submission-with-a-long-name'].map((submission) => ({
      campaign: 'case',
      submission,
      n: 1,
    }));
    const failures = rounds.map(({ campaign, submission, n }) => {
      const detail = `${submission} of ${campaign}: ${'no space '.repeat(30)}`;
      return activityFailure(
        holdoutError('IMAGE_COPY_FAILED', { image: submission, detail }),
        {
          campaign,
          submission,
          n,
        },
        true,
      );
    });
    const words = failures.map((failure) => (failure as ApplicationFailure).details?.[0] as string);
    assert.equal(words[0], words[1]);
    const causes = failures.map((failure, index) =>
      causeOf(failure, rounds[index] ?? { campaign: '', submission: '' }),
    );
    assert.equal(causes[0], causes[1]);
    assert.match(causes[0] ?? '', /^IMAGE_COPY_FAILED: .*no space/);
    assert.notEqual(causes[0], causeOf(failureOf(holdoutError('OBJECT_CHANGED', { bucket: 'b', key: 'k' })), input));
  });

  it('is retried unless its code says that this is useless, and a cancellation stays one', () => {
    assert.deepEqual(
      [...errors, holdoutError('LABELS_INVALID', { count: 1 })].map((error) => failureOf(error).nonRetryable),
      [false, false, false, false, false, true],
    );
    const cancelled = new CancelledFailure('cancelled');
    assert.equal(activityFailure(cancelled, input, true), cancelled);
  });
});
