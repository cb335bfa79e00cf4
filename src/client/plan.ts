import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseShare } from '../campaign/units.ts';
import { planOf } from '../campaign/planning/plan.ts';
import { assumedSpotShare, type WhatIf } from '../campaign/planning/what-if.ts';
import { trouble } from '../errors.ts';
import { checkCampaign } from '../hand-in/check-campaign.ts';
import type { CheckedCampaign } from '../hand-in/checked-campaign.ts';
import { shownPath } from '../hand-in/locate.ts';
import { suggestion } from '../hand-in/nearest.ts';
import { planPicture } from '../report/plan-picture.ts';
import { quoted } from '../safe-text.ts';
import { exitStatus } from './exit-status.ts';
import type { Output } from './output.ts';
import { questionOf } from './plan-question.ts';
import { planText } from './plan-text.ts';

export interface PlanOptions {
  /** `CLASS=N`. */
  slots?: string[];
  only?: string[];
  /** A share of the on-demand price, or true for what is assumed. */
  spot?: string | true;
  margin?: string;
  json?: true;
  svg?: string;
}

/** `plan FILE`: what a campaign will cost and when it is done, from its file alone; nothing is started or sent. */
export async function planCampaign(file: string, options: PlanOptions, output: Output): Promise<number> {
  const now = new Date();
  const checked = await checkCampaign(file, now);
  const whatIf = whatIfOf(options, checked);
  const margin = options.margin === undefined ? 0 : shareOf('--margin', options.margin);
  const { question, assumed } = await questionOf(checked, { whatIf, margin, now });
  const plan = planOf(question);
  const { campaign, deadline, budget } = checked;
  const told = { ...plan, unknowns: [...plan.unknowns, ...assumed, ...spotText(options)] };
  const { microUsd: budgetMicroUsd, rerunReserveShare } = budget;
  const limits = { campaign, deadline, budgetMicroUsd, margin };
  output.result(
    options.json
      ? JSON.stringify({ ...limits, startsAt: now.toISOString(), ...told }, null, 2)
      : planText(told, { ...limits, startsAt: now.getTime() }),
  );
  const picture = resolve(options.svg ?? `${file.replace(/\.ya?ml$/, '')}.plan.svg`);
  const { deadlineSeconds } = question;
  await writeFile(picture, planPicture(plan, { campaign, budgetMicroUsd, rerunReserveShare, deadlineSeconds }));
  output.say(`the picture is in ${shownPath(picture)}`);
  return exitStatus.done;
}

function whatIfOf({ slots = [], only, spot }: PlanOptions, { instanceClasses }: CheckedCampaign): WhatIf {
  const names = instanceClasses.map(({ name }) => name);
  const known = (option: string, name: string): string => {
    if (names.includes(name)) return name;
    const near = suggestion(name, names) || `; there are ${names.join(', ')}`;
    throw trouble('USAGE', {
      message: `${option} names ${quoted(name)}, which is no instance class of the file${near}`,
    });
  };
  const wanted = slots.map((written) => {
    const [, name = '', count = ''] = /^(.*)=([1-9]\d{0,5})$/.exec(written) ?? [];
    if (count === '') throw trouble('USAGE', { message: `--slots is ${quoted(written)}, must be CLASS=N, N from 1` });
    return [known('--slots', name), Number(count)] as const;
  });
  return {
    slots: new Map(wanted),
    ...(only && { only: only.map((name) => known('--only', name)) }),
    ...(spot !== undefined && { spotShare: spot === true ? assumedSpotShare : shareOf('--spot', spot) }),
  };
}

function shareOf(option: string, written: string): number {
  const share = parseShare(written);
  if (share === undefined)
    throw trouble('USAGE', { message: `${option} is ${quoted(written)}, must be a share such as 50%` });
  return share;
}

function spotText({ spot }: PlanOptions): string[] {
  if (spot === undefined) return [];
  if (spot !== true) return [`on-demand classes as Spot, at ${spot} of their price`];
  return [
    `on-demand classes as Spot, at ${Math.round(assumedSpotShare * 100)} % of their price: the dearest found in a price list of 2026 ` +
      '(g4dn.xlarge in eu-west-1, $0.33 of $0.587; V100 machines were at 14 %); --spot 40% says otherwise',
  ];
}
