import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { activityFailure } from '../../../src/activities/activity-failure.ts';
import type { CampaignProgress } from '../../../src/campaign/operators/progress.ts';
import { queryProgress } from '../../../src/client/status/query-progress.ts';
import { blockedLines } from '../../../src/client/status/blocked-text.ts';
import { stuckLine } from '../../../src/client/status/trouble/stuck-texts.ts';
import { statusText } from '../../../src/client/status/status-text.ts';
import { stuckActivityLine, stuckActivities } from '../../../src/client/status/trouble/stuck-activities.ts';
import { HoldoutError, holdoutError } from '../../../src/errors.ts';
import { taskQueues } from '../../../src/ids.ts';
import { embeddedTimings } from '../../../src/timings.ts';
import * as messages from '../../../src/workflows/signals-and-queries.ts';
import { eventually } from '../../support/eventually.ts';
import { latch } from '../../support/latch.ts';
import { ScriptedCampaign } from '../../support/campaigns/scripted-campaign.ts';

describe('a campaign whose platform has a fault', () => {
  const campaign = new ScriptedCampaign();
  before(() => campaign.open());
  after(() => campaign.close());
  beforeEach(() => {
    campaign.reset();
    campaign.teams = { one: ['a', 'b'], two: ['c', 'd'], three: ['e', 'f'] };
  });

  const until = async (name: string, test: (progress: CampaignProgress) => boolean): Promise<CampaignProgress> => {
    const handle = campaign.client.workflow.getHandle(`campaign:${name}`);
    let last: CampaignProgress | undefined;
    for (const deadline = Date.now() + 40_000; Date.now() < deadline; await delay(200)) {
      last = await handle.query(messages.progressQuery).catch(() => undefined);
      if (last && test(last)) return last;
    }
    return assert.fail(`the campaign never got there: ${JSON.stringify(last)}`);
  };
  const states = (): Set<string> => new Set(campaign.recorded.map(({ state, reason }) => reason ?? state));
  const fault = { reason: 'platform-error', rule: 'no-outcome', cause: 'ENGINE_FAILS: no runroot' } as const;

  it('is blocked after a few runs, says why and how to continue, makes a trial run and continues once the fault is fixed', async () => {
    campaign.frozen = { ...campaign.frozen, limits: { ...campaign.frozen.limits, platformRuns: 0 } };
    let isBroken = true;
    campaign.script = () => (isBroken ? fault : {});
    const handle = await campaign.start('broken');
    const held = await until('broken', ({ hold }) => hold === 'platform');
    assert.ok(campaign.submitted.length <= 5, `${campaign.submitted.length} runs`);
    assert.deepEqual([held.money.reserved, held.forecast], [0, null]);
    assert.equal(campaign.recorded.length, 0, 'none has used up its runs for a fault that is everybody’s');
    const [why = '', ...others] = blockedLines(held);
    assert.deepEqual(others, []);
    assert.match(
      why,
      /^g4 is blocked since \S+ \S+ UTC because platform faults ended its last runs: ENGINE_FAILS: no runroot → .*npm run holdout -- resume broken --class g4$/,
    );
    assert.match(statusText(held), /broken is blocked; [^]*blocked: g4 is blocked[^]*g4 \(blocked\)/);
    const before = campaign.submitted.length;
    await handle.signal(messages.commandMessages.resumeCampaign, { class: 'g4' });
    await until(
      'broken',
      ({ hold, counts }) => hold === null || counts.running > 0 || campaign.submitted.length > before,
    );
    await until('broken', ({ hold }) => hold === 'platform' && campaign.submitted.length > before);
    assert.equal(campaign.submitted.length, before + 1, 'one trial run');
    isBroken = false;
    await handle.signal(messages.commandMessages.resumeCampaign, {});
    await handle.result();
    assert.deepEqual([campaign.recorded.length, states()], [6, new Set(['finished'])]);
  });

  it('is blocked when one fault that no retry fixes ends three submissions, whose records have its words', async () => {
    campaign.teams = { one: ['first', 'second'], two: ['third-one', 'fourth'], three: ['fifth', 'sixth'] };
    campaign.submit = (runKey) => {
      const [name, submission] = runKey.split('/');
      const failure = holdoutError('OBJECT_DIFFERS', { bucket: 'holdout-runs', key: `${runKey}/spec.json` });
      throw activityFailure(failure, { campaign: name, submission, n: 1 }, true);
    };
    const handle = await campaign.start('for-good');
    const held = await until('for-good', ({ hold }) => hold === 'platform');
    assert.equal(campaign.recorded.length, 3, 'the others wait');
    assert.match(
      blockedLines(held)[0] ?? '',
      /^g4 is blocked .*submitBatchJob: OBJECT_DIFFERS: .*exists with other content/,
    );
    const causes = new Set(campaign.recorded.flatMap(({ runs }) => runs.map(({ cause }) => cause)));
    assert.equal(causes.size, 1, [...causes].join('\n'));
    assert.match([...causes][0] ?? '', /^submitBatchJob: OBJECT_DIFFERS: .*exists with other content/);
    campaign.submit = () => undefined;
    await handle.executeUpdate(messages.commandMessages.abort, { args: [{}] });
    await handle.result();
  });

  it('blocks a class whose queue does not exist, at no cost, and ends all submissions on abort', async () => {
    campaign.canaries.open('no-queue', 'g4');
    campaign.submit = (_, withdraw) =>
      withdraw ? undefined : { kind: 'refused', cause: 'Batch refuses the job: ClientException: no queue' };
    const handle = await campaign.start('no-queue');
    const held = await until('no-queue', ({ hold }) => hold === 'platform');
    assert.match(blockedLines(held)[0] ?? '', /ClientException: no queue/);
    assert.equal(held.money.spent, 0);
    await handle.executeUpdate(messages.commandMessages.abort, { args: [{}] });
    await handle.result();
    assert.deepEqual(states(), new Set(['cancelled']));
  });

  it('ends cancelled and aborted submissions even if their job is never accepted', async () => {
    campaign.submit = (_, withdraw) => {
      if (!withdraw) throw new Error('429');
      return undefined;
    };
    const handle = await campaign.start('endless');
    await until('endless', () => campaign.submitted.length >= 2);
    await handle.executeUpdate(messages.commandMessages.cancel, { args: [{ submissions: ['a'] }] });
    await until('endless', ({ counts }) => counts.cancelled >= 1);
    await handle.executeUpdate(messages.commandMessages.abort, { args: [{}] });
    await handle.result();
    const runs = campaign.recorded.flatMap((record) => record.runs);
    assert.ok(runs.length > 0 && runs.every(({ jobId, reason }) => jobId === null && reason === 'cancelled'));
    assert.deepEqual(states(), new Set(['cancelled']));
  });

  it('names submissions whose image cannot be copied, is blocked, and retries at once when it is resumed', async () => {
    let isFull = true;
    // The next attempt is after 16 s.
    campaign.copyPause = (tries) => (tries < 5 ? 50 : undefined);
    campaign.copy = (submission) => {
      if (isFull) {
        throw holdoutError('IMAGE_COPY_FAILED', { image: `case/${submission}`, detail: 'no space left on device' });
      }
    };
    const handle = await campaign.start('full');
    const held = await until('full', ({ hold, stuck }) => hold === 'platform' && stuck.length >= 3);
    assert.equal(campaign.submitted.length, 0);
    assert.match(blockedLines(held)[0] ?? '', /^images cannot be copied since .*no space left.*resume full$/);
    assert.match(
      held.stuck.map(stuckLine).join('\n'),
      /^a: its image cannot be copied \(failed 5 times since .* UTC\): IMAGE_COPY_FAILED: .*no space left on device/m,
    );
    isFull = false;
    await handle.signal(messages.commandMessages.resumeCampaign, {});
    await handle.result();
    assert.deepEqual([campaign.recorded.length, states()], [6, new Set(['finished'])]);
  });

  it('gives up an image after 50 attempts, names it before that, and delays no other submission', async () => {
    const { opened: ended, open: end } = latch();
    campaign.copyPause = () => 20;
    campaign.holdCopy = ({ submission, attempt }) => (submission === 'a' && attempt > 5 ? ended : undefined);
    campaign.copy = (submission) => {
      if (submission === 'a') throw holdoutError('IMAGE_COPY_FAILED', { image: 'case/a', detail: 'no route' });
    };
    const handle = await campaign.start('away');
    const { stuck } = await until('away', (progress) => progress.stuck.length === 1 && progress.counts.finished === 5);
    assert.match(
      stuck.map(stuckLine).join(),
      /^a: its image cannot be copied \(failed 5 times since .* UTC\): IMAGE_COPY_FAILED: .*no route → Check disk space/,
    );
    // The reports of later attempts, which in reality take a day.
    const [{ what, cause, since }] = stuck as [CampaignProgress['stuck'][number]];
    const say = (tries: number): Promise<void> =>
      handle.signal(messages.stuckSignal, { submission: 'a', sequence: 1, stuck: { what, cause, since, tries } });
    await say(49);
    await until('away', ({ stuck: [a], counts }) => a?.tries === 49 && counts.waiting === 1);
    await say(50);
    await handle.result();
    end();
    const [a] = campaign.rounds.recordsOf('a');
    assert.deepEqual([a?.state, a?.reason, a?.runs], ['failed', 'platform-error', []]);
    assert.match(a?.detail ?? '', /^given up: pullImage: IMAGE_COPY_FAILED: .*no route$/);
    assert.equal(campaign.recorded.filter(({ state }) => state === 'finished').length, 5);
  });

  it('names the activity at which the campaign itself is stuck, at the start and later', async () => {
    campaign.teams = { one: ['a'] };
    let broken: string | undefined = 'takeStock';
    campaign.beforeCampaignActivity = (activity) => {
      if (activity !== broken) return;
      const message = 'connect ECONNREFUSED 10.0.0.7:9000';
      throw ApplicationFailure.create({ type: 'TimeoutError', message, nextRetryDelay: 100 });
    };
    const access = { temporal: campaign.client };
    const handle = await campaign.start('mute');
    const lineOf = (what: string): RegExp =>
      new RegExp(`stuck: ${what} \\(failed \\d+ times, [^)]*\\): TimeoutError: connect ECONNREFUSED …`);
    await eventually('it says why it cannot open', async () => {
      const error = await queryProgress(access, 'mute', 0).catch((thrown: unknown) => thrown);
      // For the message of a failed `assert.ok`, Node parses tsx's output, one long line, which takes minutes.
      if (!(error instanceof HoldoutError && error.code === 'CAMPAIGN_STUCK')) return false;
      assert.match(error.message, lineOf('its records and running submissions cannot be read'));
      return true;
    });
    broken = 'nextSubmissions';
    await eventually('it says why it starts nothing', async () => {
      const stuck = (await stuckActivities(access, 'mute')).map(stuckActivityLine);
      assert.match(
        statusText(await queryProgress(access, 'mute'), stuck),
        lineOf('the next submissions cannot be read'),
      );
      return true;
    });
    broken = undefined;
    await handle.result();
    assert.deepEqual([await stuckActivities(access, 'mute'), states()], [[], new Set(['finished'])]);
  });

  it('says that there is no scorer, and still closes', async () => {
    campaign.teams = { one: ['a'] };
    campaign.timings = { ...embeddedTimings, untaken: 1_000 };
    await campaign.stopWorkers();
    await campaign.startWorkers(Object.values(taskQueues).filter((queue) => queue !== taskQueues.score));
    try {
      const handle = await campaign.start('unscored');
      const { stuck } = await until('unscored', (progress) => progress.stuck.length === 1);
      assert.match(stuck.map(stuckLine).join(), /^a: its predictions cannot be scored \(since .*\): no worker takes/);
      await handle.executeUpdate(messages.commandMessages.close, { args: [{}] });
      await handle.result();
      assert.deepEqual(states(), new Set(['platform-error']));
    } finally {
      await campaign.stopWorkers();
      await campaign.startWorkers();
    }
  });
});
