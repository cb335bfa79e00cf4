import assert from 'node:assert/strict';
import type { RunRecord } from '../../../src/campaign/model/messages.ts';
import type { RunFacts } from '../../../src/campaign/model/run-facts.ts';
import { instanceTime, instanceTimeBlocks } from '../../../src/client/status/instance-time.ts';

const classes = [
  { name: 'g4', microUsdPerHour: 526_000 },
  { name: 'g6', microUsdPerHour: 804_800 },
];
const minute = 60_000;
const noon = Date.UTC(2026, 0, 1, 12);
const arn = (id: string, account = '123456789012'): string =>
  `arn:aws:ecs:us-east-1:${account}:container-instance/AWSBatch-g4/${id}`;

/** A run on an instance, from and to minutes after noon. */
function run(containerInstanceArn: string | undefined, from: number, to: number, changes: Partial<RunRecord> = {}) {
  const batch = {
    statusReason: null,
    exitCode: null,
    reason: null,
    ...(containerInstanceArn !== undefined && {
      containerInstanceArn,
      jobStartedAt: new Date(noon + from * minute).toISOString(),
      jobStoppedAt: new Date(noon + to * minute).toISOString(),
    }),
  };
  const seconds = (to - from) * 60;
  return {
    n: 1,
    purpose: 'evaluation',
    class: 'g4',
    jobId: 'j',
    reason: null,
    billedSeconds: seconds,
    costMicroUsd: 0,
    facts: { batch } as RunFacts,
    ...changes,
  } satisfies RunRecord;
}

describe('the time of instances', () => {
  it('is from the first job to the last of each, at the price of the class', () => {
    const runs = [run(arn('a'), 0, 20), run(arn('a'), 40, 60), run(arn('b'), 0, 30), run(arn('a'), 22, 30)];
    const { g4 } = instanceTime(runs, classes);
    assert.deepEqual(g4, {
      instances: 2,
      runs: 4,
      seconds: 90 * 60,
      atLeastMicroUsd: 789_000,
      betweenJobsSeconds: 12 * 60,
    });
  });

  it('is apart for each class', () => {
    const times = instanceTime([run(arn('a'), 0, 60), run(arn('c'), 0, 60, { class: 'g6' })], classes);
    assert.deepEqual(
      Object.entries(times).map(([name, { atLeastMicroUsd }]) => [name, atLeastMicroUsd]),
      [
        ['g4', 526_000],
        ['g6', 804_800],
      ],
    );
  });

  it('is absent where no instance is known: no job, no facts, older records, the local endpoint', () => {
    const { facts: _, ...withoutFacts } = run(undefined, 0, 1);
    const older = run(arn('a'), 0, 5);
    delete older.facts.batch?.jobStartedAt;
    const runs = [run(undefined, 0, 9), withoutFacts, older, run(arn('a', '000000000000'), 0, 5)];
    assert.deepEqual(Object.keys(instanceTime(runs, classes)), []);
    assert.deepEqual(instanceTimeBlocks(instanceTime(runs, classes)), []);
  });

  it('has no negative time between jobs, though a bill counts whole seconds and other attempts', () => {
    const { g4 } = instanceTime([run(arn('a'), 0, 10, { billedSeconds: 1_300 })], classes);
    assert.deepEqual([g4?.seconds, g4?.betweenJobsSeconds], [600, 0]);
  });

  it('is shown as a lower bound', () => {
    const [text = ''] = instanceTimeBlocks(instanceTime([run(arn('a'), 0, 20), run(arn('a'), 40, 60)], classes));
    assert.match(text, /^instance time, a lower bound: /);
    assert.match(text, /\ng4 +1 +2 +3600 s +1200 s +\$0\.526$/);
  });
});
