import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { costOfRuns, dollars } from '../campaign/money.ts';
import type { Knowledge } from '../campaign/planning/knowledge.ts';
import { pilotKnowledge } from '../campaign/planning/pilot-knowledge.ts';
import { planOf } from '../campaign/planning/plan.ts';
import { messageOf, trouble } from '../errors.ts';
import { checkCampaign } from '../hand-in/check-campaign.ts';
import type { CheckedCampaign } from '../hand-in/checked-campaign.ts';
import { shownPath } from '../hand-in/locate.ts';
import { homeFolder } from '../local/stack/home.ts';
import { planPicture } from '../report/plan-picture.ts';
import { quoted } from '../safe-text.ts';
import { exitStatus } from './exit-status.ts';
import type { Output } from './output.ts';
import { findPilot, keepPilot } from './pilot-record.ts';
import { runPilot } from './pilot.ts';
import { questionOf } from './plan-question.ts';
import { shareOf, spotText, whatIfOf, type PlanOptions } from './plan-options.ts';
import { planText } from './plan-text.ts';

/**
 * `plan FILE`: what a campaign will cost and when it is done, from its file and from what a pilot measured. Without --pilot
 * nothing is started or sent. Answers the exit status.
 */
export async function planCampaign(file: string, options: PlanOptions, output: Output): Promise<number> {
  const now = new Date();
  const checked = await checkCampaign(file, now);
  const whatIf = whatIfOf(options, checked);
  const margin = options.margin === undefined ? 0 : shareOf('--margin', options.margin);
  if (options.pilot !== undefined) {
    const ended = await pilotFirst(checked, options, output);
    if (ended !== undefined) return ended;
  }
  const pilot = await measuredBy(checked);
  const { question, assumed } = await questionOf(checked, { whatIf, margin, now, ...pilot.measured });
  const plan = planOf(question);
  const { campaign, deadline, budget } = checked;
  const told = { ...plan, unknowns: [...pilot.told, ...plan.unknowns, ...assumed, ...spotText(options)] };
  const { microUsd: budgetMicroUsd, rerunReserveShare } = budget;
  const limits = { campaign, deadline, budgetMicroUsd, margin };
  output.result(
    options.json
      ? JSON.stringify({ ...limits, startsAt: now.toISOString(), ...told }, null, 2)
      : planText(told, { ...limits, startsAt: now.getTime() }),
  );
  const { deadlineSeconds } = question;
  const picture = planPicture(plan, { campaign, budgetMicroUsd, rerunReserveShare, deadlineSeconds });
  const place = await keepPicture(options.svg ?? `${file.replace(/\.ya?ml$/, '')}.plan.svg`, picture);
  output.say(`the picture is in ${place}`);
  return exitStatus.done;
}

async function keepPicture(file: string, picture: string): Promise<string> {
  await writeFile(resolve(file), picture).catch((error: unknown) => {
    const message = `the picture cannot be written to ${quoted(file)}: ${messageOf(error)}; --svg FILE puts it elsewhere`;
    throw trouble('USAGE', { message }, error);
  });
  return shownPath(resolve(file));
}

/** Runs the pilot and keeps what it found; answers an exit status where there is nothing to plan with. */
async function pilotFirst(
  checked: CheckedCampaign,
  { pilot = '', yes }: PlanOptions,
  output: Output,
): Promise<number | undefined> {
  const count = /^[1-9]\d{0,3}$/.test(pilot) ? Number(pilot) : undefined;
  if (count === undefined) {
    throw trouble('USAGE', { message: `--pilot is ${quoted(pilot)}, must be a number of submissions from 1` });
  }
  // What ran already costs nothing more.
  const before = new Set((await findPilot(homeFolder(), checked.campaign))?.runs.map(({ submission }) => submission));
  const piloted = await runPilot(checked, { count, before, yes: yes ?? false }, output);
  switch (piloted.kind) {
    case 'declined':
      return exitStatus.failed;
    case 'holds':
      output.say(`${piloted.campaign} holds: npm run holdout -- status ${piloted.campaign} says what to do`);
      return exitStatus.needsDecision;
    case 'ended':
      output.say(`what the pilot found is in ${shownPath(await keepPilot(homeFolder(), piloted.record))}`);
      return undefined;
  }
}

/** What the last pilot of the campaign taught, and what is to be said of it. */
async function measuredBy({ campaign, limits, instanceClasses }: CheckedCampaign): Promise<{
  measured: { measured?: Knowledge; testItems?: number };
  told: string[];
}> {
  const record = await findPilot(homeFolder(), campaign);
  if (record === undefined) return { measured: {}, told: [] };
  const testItems = record.items;
  const when = `${record.endedAt.slice(0, 16).replace('T', ' ')} UTC`;
  const cost = dollars(costOfRuns(record.runs));
  const measured = pilotKnowledge(record, limits, instanceClasses);
  if (measured) return { measured: { measured, testItems }, told: [`a pilot that ended ${when} and cost ${cost}`] };
  const reasons = [...new Set(record.runs.map(({ reason }) => reason ?? 'no outcome'))].join(', ');
  return {
    measured: { testItems },
    told: [
      `the pilot of ${when} failed on every class (${reasons || 'nothing ran'}): how long runs take, what fits where and how many end well ` +
        'is not known. The plan goes by the file alone; look at the pilot before you trust it',
    ],
  };
}
