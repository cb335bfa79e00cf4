import assert from 'node:assert/strict';
import type { CampaignProgress } from '../../../../src/campaign/operators/progress.ts';
import { platformFaultLines } from '../../../../src/client/status/trouble/platform-fault-lines.ts';
import { repairOf } from '../../../../src/client/status/trouble/next-step.ts';
import { unusedSlotLines } from '../../../../src/client/status/trouble/unused-slots.ts';
import { machineWaitLines } from '../../../../src/client/status/trouble/waits-for-machines.ts';

const at = Date.parse('2026-01-02T03:04:00Z');
const row = { slots: 2, running: 0, waiting: 0, spent: 0, short: false, ended: 0, outOfMemory: 0, times: 1 };

describe('the lines of status about the platform', () => {
  it('name a fault that ended the last runs before it blocks the class', () => {
    const cause = 'Batch cannot place the job: MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - too high';
    const progress = { classes: { g4: { ...row, fault: { cause, count: 2, since: at } }, p3: row } };
    assert.deepEqual(platformFaultLines(progress as unknown as CampaignProgress), [
      `g4: a platform fault ended the last 2 runs since 2026-01-02 03:04 UTC: ${cause} → lower vcpus, memoryMiB or the GPUs ` +
        'of the class to what one of its instances registers (who acts: the operator); 3 in a row block the class',
    ]);
  });

  it('sum up the jobs of a class that wait for the same reason, since the first', () => {
    const wait = { what: 'placement', cause: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - no', tries: 0 };
    const stuck = [
      { ...wait, submission: 'a', class: 'g4', since: at + 60_000 },
      { ...wait, submission: 'b', class: 'g4', since: at },
      { ...wait, submission: 'c', class: 'p3', since: at, cause: 'something else' },
      { ...wait, submission: 'd', what: 'pullImage', since: at },
    ];
    assert.deepEqual(machineWaitLines({ stuck } as unknown as CampaignProgress), [
      'g4: 2 jobs wait for a machine since 2026-01-02 03:04 UTC: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - no → nothing to ' +
        'repair: AWS has no such instance now. At its runnableLimit the run goes to another class',
      'p3: 1 job waits for a machine since 2026-01-02 03:04 UTC: something else',
    ]);
  });

  it('say why a class does not use its slots before a run has worked there', () => {
    const g4 = { ...row, slots: 8, running: 3, waiting: 4, unproven: true };
    const classes = { g4, full: { ...g4, running: 8 }, proven: { ...row, slots: 8, running: 3, waiting: 4 } };
    assert.deepEqual(unusedSlotLines({ classes } as unknown as CampaignProgress), [
      'g4: no run has worked yet, so it gets at most 3 at a time, for half an hour at most',
    ]);
  });

  it('say what to repair before a class is resumed, or that the fault may have passed', () => {
    assert.equal(repairOf('ENGINE_FAILS'), 'fix the cause, then');
    assert.match(
      repairOf('ExpiredTokenException: expired'),
      /^renew the credentials of the worker and restart it \(who acts: the operator\), then$/,
    );
    assert.match(repairOf('DockerTimeoutError: x'), /^it may have passed \(.*\), so try again$/);
  });
});
