import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { campaignWorkflowId, submissionWorkflowId } from '../../../src/ids.ts';
import * as messages from '../../../src/workflows/signals-and-queries.ts';
import { eventually } from '../../support/eventually.ts';
import { latch } from '../../support/latch.ts';
import { ScriptedCampaign } from '../../support/campaigns/scripted-campaign.ts';

/** The server suggests continue-as-new after this many events, which is every few messages. */
const suggestAfterEvents = 60;

/** For waits that take a second, but much longer on a busy machine. */
const longWait = { withinMs: 90_000 };

describe('a campaign that continues as new', function () {
  this.timeout(120_000);
  const campaign = new ScriptedCampaign();
  before(() => campaign.open({ 'limit.historyCount.suggestContinueAsNew': suggestAfterEvents }));
  after(() => campaign.close());
  beforeEach(() => {
    campaign.reset();
    teams = Object.fromEntries(
      Array.from({ length: 6 }, (_, team) => [`team${team}`, [0, 1, 2].map((n) => `s${team}-${n}`)]),
    );
    campaign.teams = teams;
  });
  let teams: Record<string, string[]> = {};

  const all = (): string[] => Object.values(teams).flat();
  const runsOf = async (name: string): Promise<number> => {
    const query = `WorkflowId = "${campaignWorkflowId(name)}"`;
    return (await campaign.client.workflow.count(query)).count;
  };
  const assertEachOnce = (): void => {
    assert.deepEqual(campaign.recorded.map(({ submission }) => submission).sort(), all().sort());
    assert.deepEqual(campaign.submitted, [...new Set(campaign.submitted)], 'no run is submitted twice');
    assert.deepEqual(campaign.overSlots, [], 'no class has more runs than slots');
  };

  it('loses and duplicates no message that arrives during continue-as-new', async () => {
    const { opened: held, open: release } = latch();
    const last = all().at(-1);
    campaign.holdRun = ({ submission }) => (submission === last ? held : undefined);
    const handle = await campaign.start('seams');
    const sent: string[] = [];
    await sendCommandsUntil(handle, sent, () => campaign.recorded.length === all().length - 1);
    release();
    await handle.result();
    assertEachOnce();
    assert.ok((await runsOf('seams')) >= 5, `${await runsOf('seams')} runs`);
    const accepted = campaign.rounds
      .commands('seams')
      // The campaign's own decisions have no message.
      .filter(({ refused, message }) => refused === undefined && message !== null)
      .map(({ reason }) => reason);
    assert.deepEqual(accepted, sent, 'every command is on record, once and in order');
  });

  it('keeps grants and reservations of child workflows that an earlier run started', async () => {
    const { opened: held, open: release } = latch();
    campaign.holdRun = ({ submission, purpose }) =>
      submission === 's0-0' && purpose === 'evaluation' ? held : undefined;
    const handle = await campaign.start('held');
    await eventually('the campaign continues as new several times', async () => (await runsOf('held')) >= 3, longWait);
    await eventually(
      'the held run has its reservation',
      async () => {
        const { money, counts } = await handle.query(messages.progressQuery);
        return money.reserved > 0 && counts.running >= 1;
      },
      longWait,
    );
    release();
    await handle.result();
    assertEachOnce();
  });

  it('continues from S3 after its workflow was terminated, with the slots and money that its child workflows hold', async () => {
    const { opened: held, open: release } = latch();
    const slots = campaign.frozen.instanceClasses.reduce((sum, { slots: count }) => sum + count, 0);
    campaign.holdRun = ({ purpose }) => (purpose === 'evaluation' ? held : undefined);
    const first = await campaign.start('lost');
    await first.signal(messages.commandMessages.reprioritiseTeam, { team: 'team5', priority: 2 });
    const runs = async () => (await first.query(messages.progressQuery)).counts.running >= 1;
    await eventually('runs are under way', runs, longWait);
    const isOnRecord = () => campaign.rounds.commands('lost').some(({ message }) => message !== null);
    await eventually('the command is on record', isOnRecord, longWait);
    await first.terminate('by mistake');
    const second = await campaign.start('lost');
    await eventually(
      'it knows what is held',
      async () => {
        return (await second.query(messages.progressQuery)).counts.running >= 1;
      },
      longWait,
    );
    const progress = await second.query(messages.progressQuery);
    assert.ok(progress.money.reserved > 0);
    assert.ok(progress.counts.running <= slots);
    assert.deepEqual(progress.prioritised, [{ team: 'team5', priority: 2, weight: 1 }]);
    release();
    await second.result();
    assertEachOnce();
  });

  it('frees the slot and money of a child workflow that was terminated in the Web UI, and records its result', async () => {
    const running = new Promise<void>((resolve) => {
      campaign.holdRun = ({ submission, purpose }) => {
        if (submission !== 's3-1' || purpose !== 'evaluation') return undefined;
        resolve();
        return new Promise<void>(() => undefined);
      };
    });
    const handle = await campaign.start('killed-child');
    const child = campaign.client.workflow.getHandle(submissionWorkflowId('killed-child', 's3-1'));
    await running;
    await child.terminate('from the Web UI');
    await handle.result();
    const [record] = campaign.recorded.filter(({ submission }) => submission === 's3-1');
    assert.deepEqual([record?.state, record?.reason], ['failed', 'platform-error']);
    assertEachOnce();
  });
});

/** Sends operator commands without a pause; adds each one's note to `sent`. */
async function sendCommandsUntil(handle: WorkflowHandle, sent: string[], isOver: () => boolean): Promise<void> {
  const late = delay(longWait.withinMs, 'late', { ref: false });
  for (let n = 0; !isOver(); n += 1) {
    const reason = `act ${n}`;
    if ((await Promise.race([send(handle, n, reason), late])) === 'late') {
      throw new Error(`at ${reason}: ${JSON.stringify(await handle.query(messages.progressQuery))}`);
    }
    sent.push(reason);
    await delay(100);
  }
}

function send(handle: WorkflowHandle, n: number, reason: string): Promise<unknown> {
  const { pauseTeam, resumeTeam, setSlots } = messages.commandMessages;
  const team = `team${Math.floor(n / 3) % 6}`;
  if (n % 3 === 0) return handle.signal(pauseTeam, { team, reason });
  if (n % 3 === 1) return handle.signal(resumeTeam, { team, reason });
  return handle.executeUpdate(setSlots, { args: [{ class: 'g4', slots: 2, reason }] });
}
