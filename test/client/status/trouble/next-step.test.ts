import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { activityFailure } from '../../../../src/activities/activity-failure.ts';
import { stuckStepText } from '../../../../src/client/status/trouble/stuck-texts.ts';
import { failureWords } from '../../../../src/client/status/trouble/failure-words.ts';
import { nextStepAfter, repairOf } from '../../../../src/client/status/trouble/next-step.ts';
import { stuckActivityLine } from '../../../../src/client/status/trouble/stuck-activities.ts';
import { holdoutError } from '../../../../src/errors.ts';

const long = 'layer 1: no space left on device '.repeat(20);
const since = Date.parse('2026-01-02T03:04:00Z');

describe('the next step of a cause', () => {
  it('follows from the code when the cause was cut before it', () => {
    const cause = `IMAGE_COPY_FAILED: The image x could not be copied: ${long}`.slice(0, 200);
    const { next } = holdoutError('IMAGE_COPY_FAILED', { image: 'x', detail: long });
    const step = stuckStepText({ what: 'pullImage', cause, tries: 5, since });
    assert.equal(
      step,
      `its image cannot be copied (failed 5 times since 2026-01-02 03:04 UTC): ${cause} → ${next.replace(/\.$/, '')}`,
    );
  });

  it('is that of AWS’s words where a cause has them', () => {
    assert.match(nextStepAfter('S3_UNREACHABLE: ExpiredTokenException: expired') ?? '', /^renew the credentials/);
  });

  it('is unknown for other texts, also those that are names of every object', () => {
    assert.deepEqual(
      ['no code', 'constructor: x', 'toString', 'QUEUE_UNUSABLE: its step has values'].map(nextStepAfter),
      [undefined, undefined, undefined, undefined],
    );
  });

  it('stands before the command that resumes', () => {
    assert.equal(repairOf('SCRATCH_FULL: x'), 'Give the hosts of this class a larger disk. No submission ran, then');
  });

  it('is whole in the failure of a workflow, whether it is constant or not', () => {
    const words = (error: unknown): string => {
      const failure = activityFailure(error, {}, true);
      assert.ok(failure instanceof ApplicationFailure, 'a failure of Temporal');
      return failureWords(failure);
    };
    const unusable = {
      queue: 'q',
      instanceClass: 'g4',
      why: long,
      who: 'operator' as const,
      next: 'Create it: npm run x',
    };
    assert.match(
      words(holdoutError('QUEUE_UNUSABLE', unusable)),
      /^QUEUE_UNUSABLE: The Batch .*… → Create it: npm run x$/,
    );
    assert.match(
      words(holdoutError('IMAGE_COPY_FAILED', { image: 'x', detail: long })),
      /^IMAGE_COPY_FAILED: .*… → Check disk space, .* against the team$/,
    );
    assert.match(words(new Error('plain')), /^plain$/);
  });

  it('ends the line about a campaign that is stuck', () => {
    const stuck = { what: 'takeStock', cause: 'OBJECT_MISSING: x', tries: 3, nextTry: null };
    assert.match(stuckActivityLine({ ...stuck, next: 'Look' }), /: OBJECT_MISSING: x → Look$/);
    assert.match(stuckActivityLine(stuck), /: OBJECT_MISSING: x$/);
  });
});
