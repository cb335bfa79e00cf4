import assert from 'node:assert/strict';
import { Arns } from '../../../../src/local/batch-endpoint/jobs/arns.ts';
import type { JobDefinitionRecord } from '../../../../src/local/batch-endpoint/jobs/job-definitions.ts';
import { endedJob } from '../../../../src/local/batch-endpoint/jobs/job-end.ts';
import { newJob, runningJob, startingJob } from '../../../../src/local/batch-endpoint/jobs/job-record.ts';

describe('the record of a job', () => {
  it('has ended no earlier than it started, though file times lag behind the clock by some milliseconds', () => {
    const arns = new Arns({ region: 'us-east-1', account: '123456789012' });
    const definition = { detail: { jobDefinitionArn: arns.definition('runner', 1), containerProperties: {} } };
    const order = { jobName: 'job', queue: 'gpu', definition: definition as unknown as JobDefinitionRecord };
    const startedAt = Date.now() + 10;
    const running = runningJob(startingJob(newJob(order, 1, arns), arns), startedAt, arns);
    const { detail } = endedJob(running, { kind: 'exited', code: 0, at: startedAt - 4 });
    assert.deepEqual([detail.stoppedAt, detail.attempts?.[0]?.stoppedAt], [startedAt, startedAt]);
  });
});
