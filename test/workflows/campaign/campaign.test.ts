import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ApplicationFailure,
  QueryNotRegisteredError,
  WorkflowUpdateFailedError,
  type WorkflowFailedError,
} from '@temporalio/client';
import type { CampaignProgress } from '../../../src/campaign/operators/progress.ts';
import { costMicroUsd } from '../../../src/campaign/model/money.ts';
import { submissionWorkflowId } from '../../../src/ids.ts';
import * as messages from '../../../src/workflows/signals-and-queries.ts';
import { eventually } from '../../support/eventually.ts';
import { latch } from '../../support/latch.ts';
import { ScriptedCampaign } from '../../support/campaigns/scripted-campaign.ts';

/** A campaign has no query handlers before its first activity has completed. */
const notYetAnswered = (error: unknown): undefined => {
  if (!(error instanceof QueryNotRegisteredError)) throw error;
};

describe('a campaign with scripted runs', () => {
  const campaign = new ScriptedCampaign();
  before(() => campaign.open());
  after(() => campaign.close());
  beforeEach(() => {
    campaign.reset();
  });

  const record = (submission: string) => {
    const found = campaign.recorded.filter((candidate) => candidate.submission === submission);
    assert.equal(found.length, 1, `${submission} has one record`);
    return found[0] ?? assert.fail();
  };
  const ends = (submission: string): [string, string, string | null][] =>
    record(submission).runs.map((run) => [run.purpose, run.class, run.reason]);
  const events = async (name: string, submission: string): Promise<number> => {
    const handle = campaign.client.workflow.getHandle(submissionWorkflowId(name, submission));
    return (await handle.describe()).historyLength;
  };
  /** The current details of a submission in the Web UI. */
  const details = async (name: string, submission: string): Promise<string> => {
    const handle = campaign.client.workflow.getHandle(submissionWorkflowId(name, submission));
    return (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;
  };
  const until = async (name: string, test: (progress: CampaignProgress) => boolean): Promise<CampaignProgress> => {
    const handle = campaign.client.workflow.getHandle(`campaign:${name}`);
    for (const deadline = Date.now() + 20_000; Date.now() < deadline; await delay(50)) {
      const progress = await handle.query(messages.progressQuery).catch(notYetAnswered);
      if (progress && test(progress)) return progress;
    }
    return assert.fail('the campaign never got there');
  };

  it('brings every submission to one record, in few events', async () => {
    campaign.teams = { one: ['a', 'b'], two: ['c'], three: ['d'] };
    await (await campaign.start('plain')).result();
    for (const submission of ['a', 'b', 'c', 'd']) {
      assert.equal(record(submission).state, 'finished');
      assert.deepEqual(ends(submission), [
        ['probe', 'g4', null],
        ['evaluation', 'g4', null],
      ]);
      assert.ok((await events('plain', submission)) <= 90, `${await events('plain', submission)} events`);
    }
    const query = 'HoldoutCampaign = "plain" AND HoldoutOutcome = "finished" AND HoldoutTeam = "one"';
    for (const until = Date.now() + 5_000; ; await delay(50)) {
      if ((await campaign.client.workflow.count(query)).count === 2) break;
      assert.ok(Date.now() < until, 'the Web UI’s list finds the team’s finished submissions');
    }
  });

  it('can be read in the Web UI: summaries of workflow and activities, current details', async () => {
    campaign.teams = { one: ['s1'] };
    await (await campaign.start('summaries')).result();
    const handle = campaign.client.workflow.getHandle(submissionWorkflowId('summaries', 's1'));
    assert.equal(await (await handle.describe()).staticSummary(), 's1 of one');
    const scheduled = (await handle.fetchHistory()).events?.filter(
      (event) => event.activityTaskScheduledEventAttributes,
    );
    assert.ok(scheduled && scheduled.length >= 9);
    for (const event of scheduled) assert.ok(event.userMetadata?.summary?.data?.length, 'an activity has no summary');
    const page = await details('summaries', 's1');
    assert.match(page, /is \*\*finished\*\*[\s\S]*\| 2 evaluation on g4 \| succeeded/);
    assert.match(
      page,
      /Probe: 10 of 48 MiB of GPU memory \(driver emulated\), 0\.500 s of start-up and 0\.100 s per item/,
    );
    assert.match(page, /Classes for the evaluation:[\s\S]*- g4: about [\d.]+ (s|min|h), USD /);
  });

  it('has a run taken over as fast from the tenth lost worker as from the second', async () => {
    campaign.teams = { one: ['taken-over'] };
    await (await campaign.start('takeover')).result();
    const handle = campaign.client.workflow.getHandle(submissionWorkflowId('takeover', 'taken-over'));
    const scheduled = (await handle.fetchHistory()).events?.flatMap(
      ({ activityTaskScheduledEventAttributes: step }) => step ?? [],
    );
    const ofRuns = scheduled?.filter(({ activityType }) =>
      ['submitBatchJob', 'awaitBatchJob'].includes(activityType?.name ?? ''),
    );
    const longest = ofRuns?.map(({ retryPolicy }) => Number(retryPolicy?.maximumInterval?.seconds));
    assert.deepEqual(longest, [5, 5, 5, 5], 'the longest pauses, in seconds, of the probe and of the evaluation');
  });

  it('does not probe if probes on the same base image were useless, and says so in the Web UI', async () => {
    campaign.teams = { one: ['v1'] };
    campaign.uselessProbes.add('v1');
    await (await campaign.start('in-vain')).result();
    assert.deepEqual(ends('v1'), [['evaluation', 'g4', null]]);
    assert.ok((await events('in-vain', 'v1')) <= 90);
    assert.match(
      await details('in-vain', 'v1'),
      /Probe: none, because probes of other submissions [\s\S]*- g4: at most /,
    );
  });

  it('evaluates after a failed probe: on a larger GPU if the probe ran out of GPU memory', async () => {
    campaign.teams = { one: ['f1', 'f2'] };
    campaign.script = ({ submission, purpose }) =>
      purpose === 'probe' ? { reason: submission === 'f1' ? 'gpu-out-of-memory' : 'submission-error' } : {};
    await (await campaign.start('failed-probe')).result();
    assert.deepEqual(ends('f1').at(-1), ['evaluation', 'p3', null]);
    assert.deepEqual(ends('f2').at(-1), ['evaluation', 'g4', null]);
  });

  it('falls back from G4 to P3 on out of GPU memory, and fails if no GPU is larger', async () => {
    campaign.teams = { one: ['fits-p3'], two: ['fits-nothing'] };
    campaign.script = ({ submission, purpose, class: on }) =>
      purpose === 'evaluation' && (on === 'g4' || submission === 'fits-nothing') ? { reason: 'gpu-out-of-memory' } : {};
    await (await campaign.start('fallback')).result();
    assert.deepEqual(ends('fits-p3').slice(1), [
      ['evaluation', 'g4', 'gpu-out-of-memory'],
      ['evaluation', 'p3', null],
    ]);
    assert.equal(record('fits-p3').state, 'finished');
    assert.ok((await events('fallback', 'fits-p3')) <= 120, `${await events('fallback', 'fits-p3')} events`);
    assert.deepEqual([record('fits-nothing').state, record('fits-nothing').reason], ['failed', 'gpu-out-of-memory']);
    assert.equal(ends('fits-nothing').length, 3);
  });

  it('retries once a run that the time limit ended although the probe predicted a little less', async () => {
    // The test set takes twelve of the twenty minutes allowed on g4.
    campaign.secondsPerItem = 6;
    campaign.teams = { one: ['unlucky'], two: ['slow'] };
    campaign.script = ({ submission, n }) =>
      n > 1 && (submission === 'slow' || n === 2) ? { reason: 'time-limit', rule: 'time-limit' } : {};
    await (await campaign.start('cut-off')).result();
    const cutOff = ['evaluation', 'g4', 'time-limit'];
    assert.deepEqual(ends('unlucky').slice(1), [cutOff, ['evaluation', 'g4', null]]);
    assert.deepEqual(ends('slow').slice(1), [cutOff, cutOff]);
    assert.deepEqual([record('slow').state, record('slow').reason], ['failed', 'time-limit']);
  });

  it('retries a run that reported full shared memory, with more of it', async () => {
    campaign.teams = { one: ['shares'] };
    campaign.script = ({ n }) => (n === 2 ? { reason: 'submission-error', rule: 'shared-memory-text' } : {});
    await (await campaign.start('shared')).result();
    assert.deepEqual(ends('shares').slice(1), [
      ['evaluation', 'g4', 'submission-error'],
      ['evaluation', 'g4', null],
    ]);
    assert.deepEqual(campaign.withMoreSharedMemory, ['shared/shares/3']);
  });

  it('does not fail a submission because of its probe', async () => {
    campaign.teams = { one: ['large'] };
    campaign.script = ({ purpose }) => (purpose === 'probe' ? { reason: 'gpu-out-of-memory' } : {});
    await (await campaign.start('lesson')).result();
    assert.deepEqual(ends('large'), [
      ['probe', 'g4', 'gpu-out-of-memory'],
      ['evaluation', 'p3', null],
    ]);
    assert.equal(record('large').state, 'finished');
    assert.match(await details('lesson', 'large'), /Probe: ended with gpu-out-of-memory/);
  });

  it('retries after platform faults without charging the team, up to a limit', async () => {
    campaign.teams = { one: ['lucky'], two: ['hopeless'] };
    campaign.script = ({ submission, n }) =>
      submission === 'hopeless' || n === 2 ? { reason: n === 2 ? 'spot-reclaimed' : 'platform-error' } : {};
    await (await campaign.start('platform')).result();
    assert.equal(record('lucky').state, 'finished');
    assert.deepEqual(
      ends('lucky').map(([, , reason]) => reason),
      [null, 'spot-reclaimed', null],
    );
    assert.deepEqual([record('hopeless').state, record('hopeless').reason], ['failed', 'platform-error']);
    assert.equal(ends('hopeless').length, 3, 'platformRuns: 2 allows two re-runs');
  });

  it('records a refused image and an activity that fails permanently', async () => {
    campaign.teams = { one: ['no-image'], two: ['broken'] };
    campaign.refusedImages.add('no-image');
    campaign.script = () => 'fails-for-good';
    await (await campaign.start('refused')).result();
    assert.deepEqual([record('no-image').state, record('no-image').reason], ['failed', 'image-refused']);
    assert.deepEqual([record('broken').state, record('broken').reason], ['failed', 'platform-error']);
    assert.equal(record('broken').detail, 'not retried: awaitBatchJob: BROKEN: no such bucket');
    assert.equal(record('broken').runs[0]?.cause, 'awaitBatchJob: BROKEN: no such bucket');
    const [{ class: name, billedSeconds, costMicroUsd: cost } = assert.fail('no run')] = record('broken').runs;
    assert.ok(cost > 600_000, 'a run of unknown cost counts as the worst case');
    const price = campaign.frozen.instanceClasses.find((one) => one.name === name)?.microUsdPerHour ?? 0;
    assert.equal(cost, costMicroUsd(billedSeconds, price), 'the cost follows from the billed seconds');
    assert.deepEqual(campaign.endedJobs, ['job-broken-1']);
    assert.equal(record('broken').runs[0]?.jobId, 'job-broken-1');
  });

  it('names a job that may still run after an activity failed permanently, and ends jobs of failed submits', async () => {
    campaign.teams = { one: ['unfollowed'], two: ['unsent'] };
    campaign.refusesToEnd.add('job-unfollowed-1');
    campaign.script = () => 'fails-for-good';
    campaign.submit = (runKey) => {
      if (runKey.includes('/unsent/')) throw ApplicationFailure.nonRetryable('another spec is there', 'OBJECT_DIFFERS');
      return undefined;
    };
    await (await campaign.start('unended')).result();
    assert.deepEqual(campaign.endedJobs.toSorted(), ['any of unsent/1', 'job-unfollowed-1']);
    assert.equal(
      record('unfollowed').runs[0]?.cause,
      'awaitBatchJob: BROKEN: no such bucket; job job-unfollowed-1 may still be running',
    );
    assert.equal(record('unsent').runs[0]?.cause, 'submitBatchJob: OBJECT_DIFFERS: another spec is there');
  });

  it('records an image that the host refuses as the host’s decision, not as the team’s fault', async () => {
    campaign.teams = { one: ['scanned'] };
    campaign.imagesRefusedByHost.add('scanned');
    await (await campaign.start('scan')).result();
    const { state, reason, detail, runs } = record('scanned');
    assert.deepEqual(
      { state, reason, detail, runs },
      { state: 'cancelled', reason: 'cancelled', detail: 'the scan', runs: [] },
    );
  });

  it('pauses and reprioritises teams; a wrong message changes nothing and is logged', async () => {
    campaign.teams = { one: ['p1', 'p2', 'p3'], two: ['q1'] };
    campaign.frozen = { ...campaign.frozen, fairness: { ...campaign.frozen.fairness, perTeamInFlight: 1 } };
    const handle = await campaign.client.workflow.signalWithStart('campaign', {
      workflowId: 'campaign:steered',
      taskQueue: 'holdout-main',
      args: [{ campaign: 'steered' }],
      signal: messages.commandMessages.pauseTeam,
      signalArgs: [{ team: 'one', by: 'tester', reason: 'wait' }],
    });
    await handle.signal(messages.commandMessages.pauseTeam, { team: 'nobody' });
    await handle.signal(messages.commandMessages.reprioritiseTeam, { team: 'one', weight: -1 });
    await handle.signal('pauseTeam', { team: { toString: '' }, by: { toString: '' } });
    const paused = await until('steered', ({ counts }) => counts.finished === 1);
    assert.deepEqual(paused.pausedTeams, ['one']);
    assert.equal(paused.counts.queued, 3, 'nothing of the paused team has started');
    assert.deepEqual(
      new Set(
        paused.operatorsLog.flatMap(({ by, refused }) => (by === 'holdout' ? [] : [`${by}: ${refused ?? 'taken'}`])),
      ),
      new Set([
        'tester: taken',
        'Web UI: there is no team nobody',
        'Web UI: weight -1 is not between 0.001 and 1000',
        '{"toString":""}: team {"toString":""} is not a string',
      ]),
    );
    await handle.signal(messages.commandMessages.resumeTeam, { team: 'one' });
    await handle.result();
    assert.equal(campaign.recorded.length, 4);
  });

  it('accepts any class name', async () => {
    campaign.teams = { one: ['any-name'] };
    const instanceClasses = campaign.frozen.instanceClasses.map((on) =>
      on.name === 'g4' ? { ...on, name: 'constructor' } : on,
    );
    campaign.frozen = { ...campaign.frozen, instanceClasses };
    await (await campaign.start('any-name')).result();
    assert.deepEqual(
      ends('any-name').map(([, onClass]) => onClass),
      ['constructor', 'constructor'],
    );
  });

  it('refuses rounds that do not exist, and continues', async () => {
    campaign.teams = { one: ['n1'] };
    const handle = await campaign.start('no-rounds');
    await assert.rejects(
      handle.executeUpdate(messages.commandMessages.retry, { args: [{ rounds: 'nowhere', count: 1 }] }),
      (error: WorkflowUpdateFailedError) => /there are no rounds nowhere/.test(error.cause?.message ?? ''),
    );
    await handle.result();
    assert.equal(record('n1').state, 'finished');
  });

  it('ends with --kill a run whose job is being submitted, and repeats it after resume', async () => {
    campaign.teams = { one: ['k1'] };
    campaign.script = ({ n }) => (n === 1 ? 'until-cancelled' : {});
    const { opened: held, open: release } = latch();
    const submitting = new Promise<void>((resolve) => {
      campaign.holdSubmit = () => {
        resolve();
        return held;
      };
    });
    const handle = await campaign.start('killed');
    await submitting;
    await handle.signal(messages.commandMessages.pauseTeam, { team: 'one', kill: true });
    const child = campaign.client.workflow.getHandle(submissionWorkflowId('killed', 'k1'));
    const isEndRequested = async () =>
      ((await child.fetchHistory()).events ?? []).some(
        ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === 'endRun',
      );
    await eventually('it was told to end its run', isEndRequested);
    release();
    await until('killed', ({ counts }) => counts.waiting === 1);
    const { stage, note } = await child.query(messages.stageQuery);
    assert.deepEqual([stage, note], ['waiting', 'for run 2, a probe on g4'], 'it does not probe before it may');
    assert.match(await details('killed', 'k1'), /is \*\*waiting\*\* since [-\d: ]+ UTC \(for run 2, a probe on g4\)/);
    await handle.signal(messages.commandMessages.resumeTeam, { team: 'one' });
    await handle.result();
    assert.equal(record('k1').state, 'finished');
    assert.deepEqual(
      ends('k1').map(([, , reason]) => reason),
      ['cancelled', null, null],
    );
  });

  it('is blocked when the budget is used up, refuses a smaller one, and continues when it is raised', async () => {
    campaign.teams = { one: ['b1'], two: ['b2'] };
    campaign.frozen = { ...campaign.frozen, budget: { microUsd: 700_000, rerunReserveShare: 0 } };
    campaign.script = () => ({ costMicroUsd: 300_000 });
    const handle = await campaign.start('poor');
    const held = await until('poor', ({ hold }) => hold === 'budget');
    assert.ok(held.money.spent <= 700_000);
    await assert.rejects(
      handle.executeUpdate(messages.commandMessages.raiseBudget, { args: [{ usd: 0.1 }] }),
      WorkflowUpdateFailedError,
    );
    await handle.executeUpdate(messages.commandMessages.raiseBudget, { args: [{ usd: 100 }] });
    await handle.result();
    assert.deepEqual(
      campaign.recorded.map(({ state }) => state),
      ['finished', 'finished'],
    );
  });

  it('records at a close that the budget was used up, and logs a message as one short line', async () => {
    campaign.teams = { one: ['p1'] };
    campaign.frozen = { ...campaign.frozen, budget: { microUsd: 1, rerunReserveShare: 0 } };
    const handle = await campaign.start('closed-poor');
    const fields = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`field${n}`, 'long']));
    await handle.signal(messages.commandMessages.pauseTeam, { team: 'one', ...fields });
    await handle.signal(messages.commandMessages.resumeTeam, { team: 'one' });
    const teams: unknown = Array.from({ length: 1_000 }, (_, n) => `team ${n}`);
    await handle.signal(messages.commandMessages.pauseTeam, { team: teams as string });
    await until('closed-poor', ({ hold }) => hold === 'budget');
    await handle.executeUpdate(messages.commandMessages.close, { args: [{}] });
    await handle.result();
    assert.equal(record('p1').reason, 'budget-exhausted');
    const commands = campaign.rounds.commands('closed-poor');
    assert.deepEqual(commands.at(-1)?.message, { name: 'close', message: { rest: 'budget-exhausted' } });
    assert.equal(commands[0]?.act.length, 500);
    assert.equal(commands.find(({ refused }) => refused)?.refused?.length, 200);
  });

  it('closes as out of budget even if it has just lost its state', async () => {
    campaign.teams = { one: ['p2'] };
    campaign.frozen = { ...campaign.frozen, budget: { microUsd: 1, rerunReserveShare: 0 } };
    const first = await campaign.start('lost-poor');
    await until('lost-poor', ({ hold }) => hold === 'budget');
    await first.terminate('by mistake');
    const again = await campaign.start('lost-poor');
    await again.executeUpdate(messages.commandMessages.close, { args: [{}] });
    await again.result();
    assert.equal(record('p2').reason, 'budget-exhausted');
  });

  it('ends when a paused team is cancelled', async () => {
    campaign.teams = { one: ['q1', 'q2'], two: ['q3'] };
    const handle = await campaign.start('disqualified');
    await handle.signal(messages.commandMessages.pauseTeam, { team: 'one' });
    await handle.executeUpdate(messages.commandMessages.cancel, { args: [{ team: 'one' }] });
    await handle.result();
    assert.deepEqual([record('q2').state, record('q3').state], ['cancelled', 'finished']);
  });

  it('cancels one submission with its job, then aborts the rest', async () => {
    campaign.teams = { one: ['c1'], two: ['c2'] };
    campaign.script = () => 'until-cancelled';
    const handle = await campaign.start('cancelled');
    await until('cancelled', ({ counts }) => counts.running === 2);
    await eventually('its details say that it probes', async () =>
      /is \*\*probing\*\* since .* \(run 1 on g4\)/.test(await details('cancelled', 'c1')),
    );
    await handle.executeUpdate(messages.commandMessages.cancel, { args: [{ submissions: ['c1'] }] });
    await until('cancelled', ({ counts }) => counts.cancelled === 1);
    assert.deepEqual(ends('c1'), [['probe', 'g4', 'cancelled']]);
    await handle.executeUpdate(messages.commandMessages.abort, { args: [{}] });
    await handle.result();
    assert.equal(record('c2').state, 'cancelled');
    assert.equal(record('c2').runs[0]?.costMicroUsd, 1_000, 'what the cancelled run cost is known');
  });

  it('determines the cost of a cancelled run even if the worker that ended it was lost', async () => {
    campaign.teams = { one: ['w1'] };
    campaign.script = () => 'worker-lost-while-cancelled';
    const handle = await campaign.start('lost-while-cancelled');
    await until('lost-while-cancelled', ({ counts }) => counts.running === 1);
    await handle.executeUpdate(messages.commandMessages.abort, { args: [{}] });
    await handle.result();
    assert.deepEqual(ends('w1'), [['probe', 'g4', 'cancelled']]);
    assert.equal(record('w1').runs[0]?.costMicroUsd, 1_000);
  });

  it('fails permanently, with the reason, if one of its own activities does', async () => {
    campaign.teams = { one: ['g1'] };
    campaign.publish = () => {
      throw ApplicationFailure.nonRetryable('no such bucket', 'BROKEN');
    };
    const handle = await campaign.start('given-up');
    await assert.rejects(handle.result(), ({ cause }: WorkflowFailedError) => {
      assert.equal(cause?.message, 'publishResults failed and is not retried: no such bucket');
      return true;
    });
    const { runId, status } = await campaign.client.workflow.getHandle('campaign:given-up').describe();
    assert.deepEqual([runId, status.name], [handle.firstExecutionRunId, 'FAILED']);
  });

  it('continues after its own workflow was terminated by mistake, without repeating recorded rounds', async () => {
    campaign.teams = { one: ['t1'], two: ['t2'] };
    campaign.script = ({ submission }) => (submission === 't2' ? 'until-cancelled' : {});
    const first = await campaign.start('terminated');
    await until('terminated', ({ counts }) => counts.finished === 1 && counts.running === 1);
    await first.terminate('by mistake');
    const again = await campaign.start('terminated');
    const progress = await until('terminated', ({ counts }) => counts.finished === 1 && counts.running === 1);
    assert.equal(progress.counts.queued, 0);
    assert.equal(campaign.submitted.filter((runKey) => runKey.startsWith('terminated/t1')).length, 2);
    assert.equal(campaign.submitted.filter((runKey) => runKey.startsWith('terminated/t2')).length, 1);
    await again.executeUpdate(messages.commandMessages.abort, { args: [{}] });
    await again.result();
  });
});
