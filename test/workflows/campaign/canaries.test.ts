import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/activity';
import type { CampaignProgress } from '../../../src/campaign/operators/progress.ts';
import type { CanaryVerdict } from '../../../src/campaign/model/canaries/canary-report.ts';
import { costMicroUsd } from '../../../src/campaign/model/money.ts';
import { worstCanaryMicroUsd } from '../../../src/campaign/model/canaries/canary-limits.ts';
import { blockedLines } from '../../../src/client/status/blocked-text.ts';
import { statusText } from '../../../src/client/status/status-text.ts';
import { campaignWorkflowId, canaryWorkflowId } from '../../../src/ids.ts';
import * as messages from '../../../src/workflows/signals-and-queries.ts';
import { eventually } from '../../support/eventually.ts';
import { latch } from '../../support/latch.ts';
import { scriptedCanaryCost } from '../../support/campaigns/scripted-canaries.ts';
import { ScriptedCampaign } from '../../support/campaigns/scripted-campaign.ts';

const broken = {
  kind: 'broken',
  words: 'network does not hold (a connection to 10.0.0.1:443 was open)',
} as const;

describe('a campaign whose classes are opened by canaries', () => {
  const campaign = new ScriptedCampaign();
  before(() => campaign.open());
  after(() => campaign.close());
  beforeEach(() => {
    campaign.reset();
    campaign.teams = { one: ['a'], two: ['b'] };
  });

  const until = async (name: string, test: (progress: CampaignProgress) => boolean): Promise<CampaignProgress> => {
    const handle = campaign.client.workflow.getHandle(campaignWorkflowId(name));
    let last: CampaignProgress | undefined;
    for (const deadline = Date.now() + 40_000; Date.now() < deadline; await delay(100)) {
      last = await handle.query(messages.progressQuery).catch(() => undefined);
      if (last && test(last)) return last;
    }
    return assert.fail(`the campaign never got there: ${JSON.stringify(last)}`);
  };
  const acts = (name: string): string[] => campaign.rounds.commands(name).map(({ act }) => act);
  const states = (): string[] =>
    campaign.recorded.map(({ submission, reason }) => `${submission} ${reason ?? 'finished'}`).sort();
  const runsOn = (name: string) => campaign.recorded.flatMap(({ runs }) => runs).filter((run) => run.class === name);

  it('gets its first run only after a canary has opened the class, and no canary on a class that nobody needs', async () => {
    const { opened: held, open: release } = latch();
    campaign.canaries.hold = () => held;
    const handle = await campaign.start('opens');
    const waiting = await until('opens', ({ classes }) => classes['g4']?.canary !== undefined);
    const { g4 } = Object.fromEntries(campaign.frozen.instanceClasses.map((one) => [one.name, one]));
    assert.deepEqual([waiting.hold, waiting.money.reserved], [null, worstCanaryMicroUsd(g4 ?? assert.fail('no g4'))]);
    assert.match(
      statusText(waiting),
      /g4 \(canary\)[^]*canaries:\n {2}g4 gets its first run once its canary 1, under way since \S+ \S+ UTC, has opened it/,
    );
    await eventually('its job is submitted', () => campaign.canaries.submitted.length === 1);
    assert.deepEqual(campaign.submitted, [], 'no run begins before the canary has ended');
    release();
    await handle.result();
    assert.deepEqual(states(), ['a finished', 'b finished']);
    assert.deepEqual(campaign.canaries.submitted, ['opens/_canary-g4/1'], 'one canary, and none on the unused p3');
    assert.deepEqual(acts('opens'), ['class g4 opened by its canary 1']);
    const ended = await handle.query(messages.progressQuery);
    const ofRuns = runsOn('g4').reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);
    assert.deepEqual(
      [ended.money.canaries, ended.money.spent, ended.money.reserved],
      [scriptedCanaryCost, ofRuns + scriptedCanaryCost, 0],
    );
    assert.match(statusText(ended), /canaries \$0\.0005\)/);
  });

  it('opens the larger class when a run needs it', async () => {
    campaign.teams = { one: ['a'] };
    campaign.script = ({ purpose, class: on }) =>
      purpose === 'evaluation' && on === 'g4' ? { reason: 'gpu-out-of-memory' } : {};
    await (await campaign.start('larger')).result();
    assert.deepEqual(campaign.canaries.submitted, ['larger/_canary-g4/1', 'larger/_canary-p3/1']);
    assert.deepEqual(states(), ['a finished']);
  });

  it('is blocked and names the control that does not hold; resume runs a second canary, which opens the class', async () => {
    let verdict: CanaryVerdict = broken;
    campaign.canaries.script = () => verdict;
    const { instanceClasses } = campaign.frozen;
    campaign.frozen = { ...campaign.frozen, instanceClasses: instanceClasses.filter(({ name }) => name === 'g4') };
    const handle = await campaign.start('leaks');
    const held = await until('leaks', ({ hold }) => hold === 'platform');
    const [line = '', ...others] = blockedLines(held);
    assert.deepEqual(others, []);
    assert.match(
      line,
      /^g4 is blocked since .* UTC because its canary does not open it: network does not hold \(a connection .* open\) → correct the host .*: npm run holdout -- resume leaks --class g4$/,
    );
    assert.deepEqual([campaign.submitted, campaign.recorded], [[], []], 'nothing of it counts against a team');
    await eventually('the log says so', () => acts('leaks').length === 1);
    assert.deepEqual(acts('leaks'), [`class g4 blocked by its canary 1: ${broken.words}`]);
    verdict = { kind: 'holds' };
    await handle.signal(messages.commandMessages.resumeCampaign, { class: 'g4' });
    await handle.result();
    assert.deepEqual(campaign.canaries.submitted, ['leaks/_canary-g4/1', 'leaks/_canary-g4/2']);
    assert.deepEqual(states(), ['a finished', 'b finished']);
    assert.equal(acts('leaks').at(-1), 'class g4 opened by its canary 2');
  });

  it('uses the other classes while a canary blocks one', async () => {
    campaign.canaries.script = ({ class: on }) => (on === 'g4' ? broken : { kind: 'holds' });
    campaign.frozen = { ...campaign.frozen, sampleSet: undefined as never };
    const handle = await campaign.start('elsewhere');
    await handle.result();
    assert.deepEqual(states(), ['a finished', 'b finished']);
    assert.deepEqual([runsOn('g4').length, runsOn('p3').length], [0, 2]);
  });

  it('is blocked after three canaries without an outcome, and says why before that', async () => {
    const cause = 'the job FAILED without an outcome, CannotPullContainerError: manifest unknown';
    const { opened: held, open: release } = latch();
    campaign.canaries.hold = ({ n }) => (n === 3 ? held : undefined);
    campaign.canaries.script = () => ({ kind: 'no-outcome', reason: 'platform-error', cause });
    const { instanceClasses } = campaign.frozen;
    campaign.frozen = { ...campaign.frozen, instanceClasses: instanceClasses.filter(({ name }) => name === 'g4') };
    const handle = await campaign.start('mute');
    const third = await until('mute', ({ classes }) => classes['g4']?.canary?.n === 3);
    assert.match(
      statusText(third),
      /its canary 3, .*; the 2 canaries before it left no outcome: the job FAILED .* → push the image .*; 3 in a row block/,
    );
    release();
    const blocked = await until('mute', ({ hold }) => hold === 'platform');
    assert.match(blockedLines(blocked)[0] ?? '', /its canary does not open it: the job FAILED .* → push the image/);
    assert.deepEqual([campaign.canaries.submitted.length, campaign.submitted, campaign.recorded], [3, [], []]);
    assert.equal(blocked.money.spent, 3 * scriptedCanaryCost);
    await handle.executeUpdate(messages.commandMessages.abort, { args: [{}] });
    await handle.result();
  });

  it('counts the worst case of canaries that cannot be followed, whose cost follows from their time', async () => {
    campaign.canaries.script = () => {
      throw ApplicationFailure.nonRetryable('broken', 'BROKEN');
    };
    const handle = await campaign.start('lost');
    await until('lost', ({ hold }) => hold === 'platform');
    const lost = campaign.canaries.ended('lost');
    assert.ok(lost.length > 0, 'there are canaries');
    for (const { class: name, billedSeconds, costMicroUsd: cost } of lost) {
      const on = campaign.frozen.instanceClasses.find((one) => one.name === name) ?? assert.fail(`no ${name}`);
      assert.deepEqual([cost, cost], [worstCanaryMicroUsd(on), costMicroUsd(billedSeconds, on.microUsdPerHour)]);
    }
    await handle.executeUpdate(messages.commandMessages.abort, { args: [{}] });
    await handle.result();
  });

  it('is blocked at no cost if Batch refuses the canaries', async () => {
    campaign.canaries.submit = (_, withdraw) =>
      withdraw ? undefined : { kind: 'refused', cause: 'Batch refuses the job: ClientException: no queue' };
    const handle = await campaign.start('refused');
    const held = await until('refused', ({ hold }) => hold === 'platform');
    assert.match(blockedLines(held).join('\n'), /^g4 is blocked .* ClientException: no queue/m);
    assert.equal(held.money.spent, 0);
    await handle.executeUpdate(messages.commandMessages.abort, { args: [{}] });
    await handle.result();
  });

  it('tries the next class if no machine of the first is there, and does not count that as a fault', async () => {
    campaign.canaries.script = ({ class: on }) =>
      on === 'g4' ? { kind: 'no-outcome', reason: 'unplaceable', cause: 'CAPACITY' } : { kind: 'holds' };
    campaign.frozen = { ...campaign.frozen, sampleSet: undefined as never };
    await (await campaign.start('no-machine')).result();
    assert.deepEqual(campaign.canaries.submitted, ['no-machine/_canary-g4/1', 'no-machine/_canary-p3/1']);
    assert.deepEqual(states(), ['a finished', 'b finished']);
  });

  it('ends a running canary at abort, close, cancel of all submissions and pause --kill, with its cost', async () => {
    campaign.canaries.script = ({ n }) => (n === 1 ? 'until-cancelled' : { kind: 'holds' });
    const { abort, close, cancel, pauseCampaign, resumeCampaign } = messages.commandMessages;
    const begun = async (name: string) => {
      const handle = await campaign.start(name);
      await eventually('the canary runs', () => campaign.canaries.submitted.includes(`${name}/_canary-g4/1`));
      return handle;
    };
    const ends = await Promise.all(['abort', 'close', 'cancel', 'pause'].map((name) => begun(`by-${name}`)));
    const [aborted, closed, cancelled, paused] = ends as [
      (typeof ends)[0],
      (typeof ends)[0],
      (typeof ends)[0],
      (typeof ends)[0],
    ];
    const before = Date.now();
    await Promise.all([
      aborted.executeUpdate(abort, { args: [{}] }),
      closed.executeUpdate(close, { args: [{}] }),
      cancelled.executeUpdate(cancel, { args: [{ submissions: ['a', 'b'] }] }),
      paused.signal(pauseCampaign, { kill: true }),
    ]);
    await until('by-pause', ({ hold, classes }) => hold === 'paused' && classes['g4']?.canary === undefined);
    await Promise.all([aborted.result(), closed.result(), cancelled.result()]);
    assert.ok(Date.now() - before < 30_000, 'it takes too long');
    await paused.signal(resumeCampaign, {});
    await paused.result();
    for (const handle of [aborted, closed, cancelled, paused]) {
      const name = handle.workflowId.slice(campaignWorkflowId('').length);
      const isPaused = handle === paused;
      const [first, second] = campaign.canaries.ended(name);
      assert.equal(first?.verdict.kind === 'no-outcome' && first.verdict.reason, 'cancelled', name);
      assert.equal(second?.verdict.kind, isPaused ? 'holds' : undefined, name);
      const { money, counts } = await handle.query(messages.progressQuery);
      assert.equal(money.canaries, scriptedCanaryCost * (isPaused ? 2 : 1), name);
      assert.deepEqual([counts.finished, counts.cancelled], isPaused ? [2, 0] : [0, 2], name);
    }
  });

  it('waits for money: a canary and a run need less than the whole budget', async () => {
    campaign.frozen = { ...campaign.frozen, budget: { ...campaign.frozen.budget, microUsd: 1 } };
    const handle = await campaign.start('poor');
    await until('poor', ({ hold }) => hold === 'budget');
    assert.deepEqual(campaign.canaries.submitted, []);
    await handle.executeUpdate(messages.commandMessages.abort, { args: [{}] });
    await handle.result();
  });

  it('after the loss of its state adopts the canary under way, and a class that was open', async () => {
    const { opened: held, open: release } = latch();
    campaign.canaries.hold = () => held;
    const first = await campaign.start('lost');
    await eventually('the canary runs', () => campaign.canaries.submitted.length === 1);
    await eventually('Temporal lists it', async () => {
      const query = 'HoldoutCampaign = "lost" AND WorkflowType = "canary" AND ExecutionStatus = "Running"';
      return (await campaign.client.workflow.count(query)).count === 1;
    });
    await first.terminate('by mistake');
    const second = await campaign.start('lost');
    await until('lost', ({ classes }) => classes['g4']?.canary?.n === 1);
    release();
    const { opened: runs, open: end } = latch();
    campaign.holdRun = () => runs;
    await until('lost', ({ counts }) => counts.running === 2);
    await second.terminate('by mistake');
    const third = await campaign.start('lost');
    end();
    await third.result();
    assert.deepEqual(campaign.canaries.submitted, ['lost/_canary-g4/1']);
    assert.deepEqual(states(), ['a finished', 'b finished']);
    assert.equal((await third.query(messages.progressQuery)).money.canaries, scriptedCanaryCost);
  });

  it('starts the workflow of a canary again that somebody terminated', async () => {
    campaign.canaries.hold = () =>
      campaign.canaries.submitted.length === 1 ? new Promise(() => undefined) : undefined;
    const handle = await campaign.start('cut-off');
    await eventually('the canary runs', () => campaign.canaries.submitted.length === 1);
    await campaign.client.workflow.getHandle(canaryWorkflowId('cut-off', 'g4', 1)).terminate('by mistake');
    await handle.result();
    assert.deepEqual(new Set(campaign.canaries.submitted), new Set(['cut-off/_canary-g4/1']), 'the same canary');
    assert.deepEqual(states(), ['a finished', 'b finished']);
  });
});
