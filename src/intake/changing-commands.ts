import type { FrozenCampaign } from '../campaign/model/frozen-campaign.ts';

/**
 * The commands that apply the changes of a campaign file, for settings that can change after the first start.
 * `dropped`: submissions that the file no longer contains.
 */
export function changingCommands(known: FrozenCampaign, fresh: FrozenCampaign, dropped: readonly string[]): string[] {
  const command = (verb: string, rest: string): string => `npm run holdout -- ${verb} ${known.campaign} ${rest}`;
  const slots = fresh.instanceClasses.filter(({ name, slots }) =>
    known.instanceClasses.some((before) => before.name === name && before.slots !== slots),
  );
  const teams = new Set([known, fresh].flatMap(({ fairness }) => Object.keys(fairness.weights)));
  const weighed = [...teams].filter((team) => weightIn(known, team) !== weightIn(fresh, team));
  return [
    ...(fresh.deadlineAsWritten === known.deadlineAsWritten ? [] : [command('set-deadline', `--at ${fresh.deadline}`)]),
    ...(fresh.budget.microUsd > known.budget.microUsd
      ? [command('raise-budget', `--usd ${fresh.budget.microUsd / 1_000_000}`)]
      : []),
    ...slots.map(({ name, slots }) => command('set-slots', `--class ${name} --slots ${slots}`)),
    ...weighed.map((team) => command('reprioritise', `--team ${team} --weight ${weightIn(fresh, team)}`)),
    ...(dropped.length === 0 ? [] : [command('cancel', `--submission ${dropped.join(' ')}`)]),
  ];
}

const weightIn = ({ fairness: { weights } }: FrozenCampaign, team: string): number =>
  Object.hasOwn(weights, team) ? (weights[team] ?? 1) : 1;
