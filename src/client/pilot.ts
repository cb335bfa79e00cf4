import type { InstanceClass } from '../campaign/frozen-campaign.ts';
import { dollars } from '../campaign/money.ts';
import {
  pilotCampaigns,
  pilotPlatformRuns,
  pilotSample,
  pilotWorst,
  type PilotRecord,
  type PilotRun,
} from '../campaign/planning/pilot.ts';
import type { RunOutcome } from '../campaign/run-outcome.ts';
import { wallClockSeconds } from '../campaign/run-limits.ts';
import { handIn } from '../hand-in/hand-in.ts';
import type { CheckedCampaign } from '../hand-in/checked-campaign.ts';
import { runKeyOf, runObjects } from '../ids.ts';
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
  { count, yes }: PilotOptions,
  output: Output,
): Promise<Piloted> {
  const { limits, instanceClasses: classes, fairness, campaign } = checked;
  const sample = pilotSample(teamsOf(checked), fairness.seed, count);
  const meaning = [
    `the pilot runs ${counted(sample.length, 'submission')} once on each of ${classes.map(({ name }) => name).join(', ')}: ` +
      `at most ${dollars(pilotWorst(sample.length, limits, classes))}, mostly far less, beside the campaign's budget`,
  ];
  if (!(await confirmed(meaning, `Run the pilot of ${campaign}?`, { yes, output }))) return { kind: 'declined' };
  return inStack(classes, output, async (access) => {
    const names = pilotCampaigns(campaign, classes);
    const pilots = classes.map((on) => pilotOf(checked, names.get(on.name) ?? '', on, sample));
    const runs: PilotRun[] = [];
    let items = 0;
    for (const pilot of pilots) items = await begin(access, pilot, output);
    for (const pilot of pilots) {
      const watched = await watchCampaign(access, pilot.campaign, output);
      if (watched.kind === 'holds') return { kind: 'holds', campaign: pilot.campaign };
      runs.push(...(await runsOf(access, pilot.campaign)));
    }
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
    // One that grows by a larger pilot is the same campaign: each file states the same budget.
    budget: { microUsd: pilotWorst(checked.submissions.length, promised, [on]), rerunReserveShare: 0 },
    limits: { ...promised, attempts: 1, platformRuns: pilotPlatformRuns },
    fairness: { ...fairness, weights: {} },
    instanceClasses: [on],
  };
}

/** Hands a pilot in and starts it, or finds it as it is; answers how many inputs there are. */
async function begin(access: Access, pilot: CheckedCampaign, output: Output): Promise<number> {
  const { store, buckets } = access;
  const { frozen, appended } = await handIn({ store, buckets, report: output.say }, pilot);
  if (appended.length > 0) await appendRows(access, frozen, appended, { yes: true, output });
  if (!(await hasEnded(access, frozen))) await startWorkflow(access, frozen);
  return frozen.testSet.items;
}

/** What a pilot's runs took and used, by its ledger and the runners' outcomes. */
async function runsOf({ store, buckets, frozen }: Access, campaign: string): Promise<PilotRun[]> {
  const { submissions } = await collectResults(store, buckets.results, await frozen.campaign(campaign));
  const found = submissions.map(async ({ submission, reason, runs }): Promise<PilotRun[]> => {
    const last = runs.at(-1);
    if (last === undefined) return [];
    const { n, class: onClass, billedSeconds, costMicroUsd } = last;
    const outcome = await store.findJson<RunOutcome>(
      buckets.runs,
      runObjects.outcome(runKeyOf(campaign, submission, n)),
    );
    return [
      {
        submission,
        class: onClass,
        // A run that ended well may have left predictions that cannot be scored.
        reason: last.reason ?? reason,
        billedSeconds,
        costMicroUsd,
        seconds: outcome?.seconds ?? null,
        devicePeakMiB: outcome?.device?.peakMiB ?? null,
      },
    ];
  });
  return (await Promise.all(found)).flat();
}
