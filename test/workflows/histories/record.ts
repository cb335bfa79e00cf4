/**
 * `node --import=tsx test/workflows/histories/record.ts [NAME …]`: records the history of every branch, or of those, with the
 * code of this clone. A history that is on file stays as it is, because running campaigns have such; name it to replace it.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { eventually } from '../../support/eventually.ts';
import { latch } from '../../support/latch.ts';
import { ScriptedCampaign } from '../../support/campaigns/scripted-campaign.ts';
import { campaignWorkflowId } from '../../../src/ids.ts';
import * as messages from '../../../src/workflows/signals-and-queries.ts';
import { branches } from './branches.ts';
import { historyPath, writeHistory } from './history-file.ts';

const { commandMessages: commands, progressQuery } = messages;
/** The server suggests continue-as-new after this many events. */
const suggestAfterEvents = 60;

const scripted = new ScriptedCampaign();

/** By branch, the run of the workflow that went that way; if it is not there, the newest. */
const runs = new Map<string, string>();

const progressOf = (name: string) => scripted.client.workflow.getHandle(campaignWorkflowId(name)).query(progressQuery);
const submitted = (runKey: string) => eventually(`${runKey} is submitted`, () => scripted.submitted.includes(runKey));
const until = (name: string, what: string, holds: (counts: Record<string, number>) => boolean) =>
  eventually(what, async () => holds((await progressOf(name)).counts));

/** Campaigns by name; each leaves the histories of some branches. */
const campaigns: Record<string, () => Promise<void>> = {
  async ok() {
    scripted.teams = { one: ['a'], two: ['b'] };
    await (await scripted.start('ok')).result();
  },

  async fallback() {
    scripted.teams = { one: ['a'] };
    scripted.script = ({ purpose, class: on }) =>
      purpose === 'evaluation' && on === 'g4' ? { reason: 'gpu-out-of-memory' } : {};
    await (await scripted.start('fallback')).result();
  },

  async cancel() {
    scripted.teams = { one: ['a'], two: ['b'] };
    scripted.script = () => 'until-cancelled';
    const handle = await scripted.start('cancel');
    await until('cancel', 'both run', ({ running }) => running === 2);
    await handle.executeUpdate(commands.cancel, { args: [{ submissions: ['a'] }] });
    await until('cancel', 'one is cancelled', ({ cancelled }) => cancelled === 1);
    await handle.executeUpdate(commands.abort, { args: [{}] });
    await handle.result();
  },

  async pause() {
    scripted.teams = { one: ['a'], two: ['b'] };
    scripted.script = ({ submission, n }) => (submission === 'a' && n === 2 ? 'until-cancelled' : {});
    const handle = await scripted.start('pause');
    await submitted('pause/a/2');
    await until('pause', 'a runs', ({ running, finished }) => running === 1 && finished === 1);
    await handle.signal(commands.pauseTeam, { team: 'one', kill: true });
    await until('pause', 'a waits', ({ waiting }) => waiting === 1);
    await handle.signal(commands.pauseCampaign, {});
    await handle.signal(commands.resumeTeam, { team: 'one' });
    await handle.signal(commands.resumeCampaign, {});
    await handle.result();
  },

  async rounds() {
    const held = latch();
    scripted.teams = { one: ['a', 'b'], two: ['busy'] };
    scripted.holdRun = ({ submission }) => (submission === 'busy' ? held.opened : undefined);
    let isBroken = true;
    scripted.script = ({ submission, purpose }) =>
      isBroken && submission === 'a' && purpose === 'evaluation' ? { reason: 'submission-error' } : {};
    const handle = await scripted.start('rounds');
    await until('rounds', 'both have ended', ({ finished, failed }) => finished === 1 && failed === 1);
    isBroken = false;
    for (const [submission, command, kind] of [
      ['a', 'retry', 'evaluate'],
      ['b', 'rescore', 'rescore'],
    ] as const) {
      const round = { submission, sequence: 2, kind, team: 'one', teamName: 'one' };
      scripted.rounds.added.set(command, { version: 1, rounds: [round], submissions: [] });
      await handle.executeUpdate(commands[command], { args: [{ rounds: command, count: 1 }] });
    }
    await eventually('both rounds are on record', () => scripted.recorded.length === 4);
    held.open();
    await handle.result();
  },

  async long() {
    const held = latch();
    scripted.teams = { one: ['a', 'b', 'c'], two: ['d', 'e', 'f'] };
    scripted.holdRun = ({ submission }) => (submission === 'f' ? held.opened : undefined);
    const handle = await scripted.start('long');
    runs.set('continue-as-new-first', handle.firstExecutionRunId);
    await eventually('all but one are on record', () => scripted.recorded.length === 5);
    held.open();
    await handle.result();
  },

  async restart() {
    const held = latch();
    scripted.teams = { one: ['a'], two: ['b'] };
    scripted.holdRun = ({ submission, purpose }) =>
      submission === 'a' && purpose === 'evaluation' ? held.opened : undefined;
    const first = await scripted.start('restart');
    await submitted('restart/a/2');
    await until('restart', 'a runs', ({ running, finished }) => running === 1 && finished === 1);
    await first.terminate('by mistake');
    const again = await scripted.start('restart');
    await until('restart', 'it knows what runs', ({ running }) => running === 1);
    held.open();
    await again.result();
  },

  /** Last, since its workers have other code. */
  async reopened() {
    const held = latch();
    scripted.teams = { one: ['a'] };
    scripted.holdRun = ({ purpose }) => (purpose === 'evaluation' ? held.opened : undefined);
    const handle = await scripted.start('reopened');
    await submitted('reopened/a/2');
    await until('reopened', 'it runs', ({ running }) => running === 1);
    await scripted.stopWorkers();
    await scripted.startWorkersWith('../../workflows/changed-at-first.ts');
    await eventually('its job is found again', () => scripted.adopted.includes('reopened/a/2'));
    held.open();
    await handle.result();
  },
};

async function save(name: string): Promise<void> {
  const branch = branches[name];
  assert.ok(branch, `there is a branch ${name}`);
  const handle = scripted.client.workflow.getHandle(branch.workflowId, runs.get(name));
  const history = await handle.fetchHistory();
  assert.ok(branch.isShown(history.events ?? []), `${branch.workflowId} went the way of ${name}`);
  writeHistory(`branches/${name}`, history);
  process.stdout.write(`${name}: ${history.events?.length ?? 0} events\n`);
}

async function main(named: readonly string[]): Promise<void> {
  const missing = Object.keys(branches).filter((name) => !existsSync(historyPath(`branches/${name}`)));
  const wanted = named.length > 0 ? named : missing;
  const subjects = new Set(wanted.map((name) => branches[name]?.workflowId.split(':')[1]));
  for (const [name, run] of Object.entries(campaigns)) {
    if (!subjects.has(name)) continue;
    await scripted.open(name === 'long' ? { 'limit.historyCount.suggestContinueAsNew': suggestAfterEvents } : {});
    scripted.reset();
    try {
      await run();
      for (const branch of wanted) if (branches[branch]?.workflowId.split(':')[1] === name) await save(branch);
    } finally {
      await scripted.close();
    }
  }
}

await main(process.argv.slice(2));
process.exit(0);
