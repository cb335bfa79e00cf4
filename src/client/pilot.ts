import type { FrozenCampaign, InstanceClass } from '../campaign/frozen-campaign.ts';
import { costOfRuns, dollars } from '../campaign/money.ts';
import {
  pilotCampaigns,
  pilotPlatformRuns,
  pilotSample,
  pilotWorst,
  type PilotRecord,
  type PilotRun,
} from '../campaign/planning/pilot.ts';
import { usesDevice } from '../campaign/resource-profile.ts';
import type { RunOutcome } from '../campaign/run-outcome.ts';
import { wallClockSeconds } from '../campaign/run-limits.ts';
import { handIn } from '../hand-in/hand-in.ts';
import type { CheckedCampaign } from '../hand-in/checked-campaign.ts';
import { resultObjects, runKeyOf, runObjects } from '../ids.ts';
import { collectResults } from '../ledger/results.ts';
import { counted } from '../safe-text.ts';
import type { Access } from './access.ts';
import { appendRows } from './append-rows.ts';
import { hasEnded } from './conduct.ts';
import { confirmed } from './confirm.ts';
import { inStack } from './in-stack.ts';
import type { Output } from './output.ts';
import { teamsOf } from './plan-question.ts';
import { startWorkflow } from './start-workflow.ts';
import { watchCampaign } from './watch.ts';

export interface PilotOptions {
  count: number;
  /** Submissions of an earlier pilot. */
  before: ReadonlySet<string>;
  yes: boolean;
}

/** What became of a pilot: its record, or it was not wanted, or a part of it waits for an operator. */
export type Piloted =
  { kind: 'ended'; record: PilotRecord } | { kind: 'declined' } | { kind: 'holds'; campaign: string };

/**
 * Runs a sample of the submissions once on every class, each class a small campaign of its own with its own file, ledger
 * and budget. The same pilot again goes on, or is there already; a larger one runs only what is new.
 */
export async function runPilot(
  checked: CheckedCampaign,
  { count, before, yes }: PilotOptions,
  output: Output,
): Promise<Piloted> {
  const { limits, instanceClasses: classes, fairness, campaign } = checked;
  const sample = pilotSample(teamsOf(checked), fairness.seed, count, before);
  const meaning = [
    `the pilot runs ${counted(sample.length, 'submission')} once on each of ${classes.map(({ name }) => name).join(', ')}: ` +
      `at most ${dollars(pilotWorst(sample.length, limits, classes))}, mostly far less, beside the campaign's budget`,
  ];
  if (!(await confirmed(meaning, `Run the pilot of ${campaign}?`, { yes, output }))) return { kind: 'declined' };
  return inStack(classes, output, async (access) => {
    const names = pilotCampaigns(campaign, classes);
    const pilots = classes.map((on) => pilotOf(checked, names.get(on.name) ?? '', on, sample));
    const runs: PilotRun[] = [];
    const begun: Begun[] = [];
    for (const pilot of pilots) begun.push(await begin(access, pilot, output));
    for (const { campaign: name, onClass, isOver } of begun) {
      const watched = isOver ? undefined : await watchCampaign(access, name, output);
      if (watched?.kind === 'holds') return { kind: 'holds', campaign: name };
      runs.push(...(await runsOf(access, name, onClass)));
    }
    const items = begun[0]?.items ?? 0;
    return { kind: 'ended', record: { version: 1, campaign, endedAt: new Date().toISOString(), items, runs } };
  });
}

/** A campaign of one class, on which each of the sample has one try. */
function pilotOf(
  checked: CheckedCampaign,
  campaign: string,
  on: InstanceClass,
  sample: readonly string[],
): CheckedCampaign {
  const { sampleSet: _unprobed, expect: _unneeded, ...rules } = checked;
  const { limits, instanceClasses: classes, fairness } = checked;
  const promised = { ...limits, wallClockOn: on.name, wallClockSeconds: wallClockSeconds(limits, on, classes) };
  return {
    ...rules,
    campaign,
    submissions: sample.flatMap((name) => checked.submissions.filter(({ submission }) => submission === name)),
    budget: { microUsd: pilotWorst(checked.submissions.length, promised, [on]), rerunReserveShare: 0 },
    limits: { ...promised, attempts: 1, platformRuns: pilotPlatformRuns },
    fairness: { ...fairness, weights: {} },
    instanceClasses: [on],
  };
}

interface Begun {
  campaign: string;
  onClass: string;
  /** Inputs of the test set. */
  items: number;
  /** It ended before, and nothing came to it since. */
  isOver: boolean;
}

/** Hands the pilot of a class in and starts it, or finds it as it is. */
async function begin(access: Access, pilot: CheckedCampaign, output: Output): Promise<Begun> {
  const { store, buckets } = access;
  const { frozen, appended } = await handIn({ store, buckets, report: output.say }, await asBegun(access, pilot));
  if (appended.length > 0) await appendRows(access, frozen, appended, { yes: true, output });
  const isOver = await hasEnded(access, frozen);
  if (!isOver) await startWorkflow(access, frozen);
  const [on] = frozen.instanceClasses;
  return { campaign: frozen.campaign, onClass: on?.name ?? '', items: frozen.testSet.items, isOver };
}

/** A pilot keeps the budget, deadline and slots of its first start: plans are made to change those in the file. */
async function asBegun({ store, buckets }: Access, pilot: CheckedCampaign): Promise<CheckedCampaign> {
  const key = resultObjects.campaign(pilot.campaign);
  const known = await store.findJson<FrozenCampaign>(buckets.results, key);
  if (known === undefined) return pilot;
  const { budget, deadline, deadlineAsWritten, instanceClasses } = known;
  const slotsOf = (row: InstanceClass): number =>
    instanceClasses.find(({ name }) => name === row.name)?.slots ?? row.slots;
  return {
    ...pilot,
    budget,
    deadline,
    deadlineAsWritten,
    instanceClasses: pilot.instanceClasses.map((row) => ({ ...row, slots: slotsOf(row) })),
  };
}

/** What a pilot's runs took and used, by its ledger and the runners' outcomes. */
async function runsOf({ store, buckets, frozen }: Access, campaign: string, onClass: string): Promise<PilotRun[]> {
  const { submissions } = await collectResults(store, buckets.results, await frozen.campaign(campaign));
  const found = submissions.map(async ({ submission, reason, runs }): Promise<PilotRun> => {
    const last = runs.at(-1);
    const key = runObjects.outcome(runKeyOf(campaign, submission, last?.n ?? 0));
    const outcome = last && (await store.findJson<RunOutcome>(buckets.runs, key));
    const device = outcome?.device;
    return {
      submission,
      class: onClass,
      // A run that ended well may have left predictions that cannot be scored.
      reason: last?.reason ?? reason,
      billedSeconds: last?.billedSeconds ?? 0,
      costMicroUsd: costOfRuns(runs),
      seconds: outcome?.seconds ?? null,
      devicePeakMiB: device ? (usesDevice(device) ? device.peakMiB : 0) : null,
    };
  });
  return Promise.all(found);
}
