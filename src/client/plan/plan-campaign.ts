import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { planOf } from '../../campaign/planning/plan.ts';
import { messageOf, holdoutError } from '../../errors.ts';
import { visibleJson } from '../../escaping/visible.ts';
import { checkCampaign } from '../../intake/check-campaign.ts';
import type { CheckedCampaign } from '../../intake/checked-campaign.ts';
import { shownPath } from '../../intake/locate.ts';
import { planPicture } from '../../plan-picture/plan-picture.ts';
import { quoted } from '../../safe-text.ts';
import { blindCampaign } from '../pseudonyms/blind-campaign.ts';
import { sayTellingIds } from '../pseudonyms/say-telling-ids.ts';
import { exitStatus } from '../exit-status.ts';
import type { Output } from '../output.ts';
import { pilotFindings } from '../pilot/pilot-findings.ts';
import { runPilot } from '../pilot/run-pilot.ts';
import { planRequest } from './plan-request.ts';
import { shareOf, spotText, whatIfOf, type PlanOptions } from './plan-options.ts';
import { planText } from './plan-text.ts';

/**
 * `plan FILE`: forecasts cost and duration from the campaign file and the measurements of a pilot. Starts and sends nothing
 * without --pilot. Returns the exit status.
 */
export async function planCampaign(file: string, options: PlanOptions, output: Output): Promise<number> {
  const now = new Date();
  const checked = await checkCampaign(file, now);
  sayTellingIds(checked, output);
  const whatIf = whatIfOf(options, checked);
  const margin = options.margin === undefined ? 0 : shareOf('--margin', options.margin);
  const planned = new Set(whatIf.only ?? checked.instanceClasses.map(({ name }) => name));
  if (options.pilot !== undefined) {
    const ended = await pilotFirst(checked, options, planned, output);
    if (ended !== undefined) return ended;
  }
  const pilot = await pilotFindings(checked, planned);
  const { question, assumed } = await planRequest(checked, { whatIf, margin, now, ...pilot.measured });
  const isLong = checked.submissions.length > 10_000;
  const plan = planOf(question, isLong ? output.say : undefined);
  const { campaign, deadline, budget } = checked;
  const explained = { ...plan, unknowns: [...pilot.notes, ...plan.unknowns, ...assumed, ...spotText(options)] };
  const { microUsd: budgetMicroUsd, rerunReserveShare } = budget;
  const limits = { campaign, deadline, budgetMicroUsd, margin };
  output.result(
    options.json
      ? visibleJson({ ...limits, startsAt: now.toISOString(), ...explained })
      : planText(explained, { ...limits, startsAt: now.getTime() }),
  );
  const { deadlineSeconds } = question;
  const picture = planPicture(plan, { campaign, budgetMicroUsd, rerunReserveShare, deadlineSeconds });
  const place = await writePicture(options.svg ?? `${file.replace(/\.ya?ml$/, '')}.plan.svg`, picture);
  output.say(`the picture is in ${place}`);
  return exitStatus.done;
}

async function writePicture(file: string, picture: string): Promise<string> {
  await writeFile(resolve(file), picture).catch((error: unknown) => {
    const message = `the picture cannot be written to ${quoted(file)}: ${messageOf(error)}; choose another place with --svg FILE`;
    throw holdoutError('USAGE', { message }, error);
  });
  return shownPath(resolve(file));
}

/** Runs the pilot on the planned classes; returns an exit status if the command ends there. */
async function pilotFirst(
  checked: CheckedCampaign,
  { pilot, yes }: PlanOptions,
  planned: ReadonlySet<string>,
  output: Output,
): Promise<number | undefined> {
  const classes = checked.instanceClasses.filter(({ name }) => planned.has(name));
  const piloted = await runPilot(
    blindCampaign(checked).blind,
    { count: Number(pilot), classes, yes: yes ?? false },
    output,
  );
  switch (piloted.kind) {
    case 'declined':
      return exitStatus.failed;
    case 'blocked':
      output.say(`${piloted.campaign} is blocked; see npm run holdout -- status ${piloted.campaign}`);
      return exitStatus.needsDecision;
    case 'ended':
      return undefined;
  }
}
