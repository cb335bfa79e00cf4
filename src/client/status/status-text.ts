import { dollars } from '../../campaign/model/money.ts';
import type { Forecast } from '../../campaign/forecasting/forecast.ts';
import type { CampaignProgress } from '../../campaign/operators/progress.ts';
import { responsibleParty, type Reason } from '../../campaign/model/reasons.ts';
import { instantText } from '../../campaign/model/units.ts';
import { blockedLines, stuckLine } from './blocked-text.ts';
import { table } from '../table.ts';
import type { OperatorLogLine } from '../../campaign/state/campaign-state.ts';

/** What `status` prints of a campaign that runs; `notes`: what else the operator should know, first. */
export function statusText(progress: CampaignProgress, notes: readonly string[] = []): string {
  const { campaign, closing, hurry, deadline, counts, money, classes, reasons, forecast } = progress;
  const holds = blockedLines(progress);
  const state = closing ? `is closing (${closing})` : holds.length > 0 ? 'holds' : 'is running';
  const blocks = [
    ...notes,
    [
      `${campaign} ${state}; deadline ${instantText(Date.parse(deadline))}`,
      ...holds.map((line) => `  holds: ${line}`),
      ...(hurry
        ? ['in a hurry: the deadline is in danger, more expensive classes are granted where a dollar buys most time']
        : []),
    ].join('\n'),
    table(Object.keys(counts), [Object.values(counts).map(String)]),
    `spent ${dollars(money.spent)} (probes ${dollars(money.probes)}, overhead of lost runs ${dollars(money.overhead)}), ` +
      `reserved ${dollars(money.reserved)}, budget ${dollars(money.budget)} ` +
      `(of it ${dollars(money.rerunReserve)} for further runs of a submission)`,
    ...(progress.hold === 'platform' ? [] : forecastBlocks(campaign, forecast, { deadline, budget: money.budget })),
    table(
      ['class', 'running', 'slots', 'waiting', 'spent', 'out of GPU memory', 'time against probe'],
      Object.entries(classes).map(([name, row]) => [
        row.held ? `${name} (held)` : row.short ? `${name} (short)` : name,
        String(row.running),
        String(row.slots),
        String(row.waiting),
        dollars(row.spent),
        row.ended === 0 ? '' : `${row.outOfMemory} of ${row.ended}`,
        row.times === 1 ? '' : `× ${row.times.toFixed(2)}`,
      ]),
    ),
    ...list(
      'held for the platform’s fault',
      Object.entries(classes).flatMap(([name, { held }]) =>
        held
          ? [
              `${name} since ${instantText(held.since)}: ${held.cause} → npm run holdout -- resume ${campaign} --class ${name}`,
            ]
          : [],
      ),
    ),
    ...list('stuck, and tried again', progress.stuck.map(stuckLine)),
    ...endedBecause(reasons),
    ...list('paused teams', progress.pausedTeams),
    ...list(
      'priorities',
      progress.prioritised.map((team) => `${team.team}: priority ${team.priority}, weight ${team.weight}`),
    ),
    ...operators(progress.operatorsLog),
  ];
  return blocks.join('\n\n');
}

function forecastBlocks(
  campaign: string,
  forecast: Forecast | null,
  { deadline, budget }: { deadline: string; budget: number },
): string[] {
  if (forecast === null) return ['forecast: too few runs have ended to say'];
  const { finish, spend, remedies } = forecast;
  const misses = [
    missText('the deadline', finish, Date.parse(deadline)),
    missText('the budget', spend, budget),
  ].flatMap((miss) => miss ?? []);
  return [
    table(
      ['forecast', 'P10', 'P50', 'P90'],
      [
        ['finish', instantText(finish.p10), instantText(finish.p50), instantText(finish.p90)],
        ['spend', dollars(spend.p10), dollars(spend.p50), dollars(spend.p90)],
      ],
    ),
    ...list('as it goes on now', misses),
    ...list(
      'what would fix it, cheapest first',
      remedies.map((remedy) => commandText(campaign, remedy)),
    ),
  ];
}

function missText(limit: string, { p50, p90 }: Forecast['finish'], most: number): string | undefined {
  if (p50 > most) return `${limit} is missed more likely than not`;
  return p90 > most ? `${limit} is missed in more than one of ten cases` : undefined;
}

/** A remedy names its command first; the campaign comes next on the command line. */
const commandText = (campaign: string, remedy: string): string =>
  `npm run holdout -- ${remedy.replace(/^(\S+)/, `$1 ${campaign}`)}`;

/** Reasons and whose fault each is, the most frequent first. */
export const endedBecause = (reasons: Partial<Record<Reason, number>>): string[] =>
  list(
    'ended because',
    Object.entries(reasons)
      .sort(([, a], [, b]) => b - a)
      .map(([reason, count]) => `${reason}: ${count} (${responsibleParty(reason as Reason)})`),
  );

/** The last acts of operators. */
export const operators = (lines: readonly OperatorLogLine[]): string[] =>
  list(
    'operators',
    lines
      .slice(-10)
      .map(({ at, by, act, reason, refused }) =>
        [at, by, act, reason && `(${reason})`, refused && `REFUSED: ${refused}`].filter((part) => part).join(' '),
      ),
  );

export const list = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : [[`${title}:`, ...lines.map((line) => `  ${line}`)].join('\n')];
