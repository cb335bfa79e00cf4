import { dollars } from '../campaign/money.ts';
import type { CampaignProgress } from '../campaign/progress.ts';
import { table } from './output.ts';

/** What `status` prints. */
export function statusText(progress: CampaignProgress): string {
  const { campaign, hold, closing, counts, money, classes, reasons, pausedTeams, prioritised, operatorsLog } = progress;
  const state = closing ? `is closing (${closing})` : hold ? `holds: ${holdText[hold]}` : 'is running';
  const blocks = [
    `${campaign} ${state}; deadline ${progress.deadline}`,
    table(Object.keys(counts), [Object.values(counts).map(String)]),
    `spent ${dollars(money.spent)} (probes ${dollars(money.probes)}, overhead ${dollars(money.overhead)}), ` +
      `reserved ${dollars(money.reserved)}, budget ${dollars(money.budget)}`,
    table(
      ['class', 'running', 'slots', 'waiting', 'spent'],
      Object.entries(classes).map(([name, row]) => [
        row.short ? `${name} (short)` : name,
        String(row.running),
        String(row.slots),
        String(row.waiting),
        dollars(row.spent),
      ]),
    ),
    ...list(
      'ended because',
      Object.entries(reasons).map(([reason, count]) => `${reason}: ${count}`),
    ),
    ...list('paused teams', pausedTeams),
    ...list(
      'priorities',
      prioritised.map((team) => `${team.team}: priority ${team.priority}, weight ${team.weight}`),
    ),
    ...list(
      'operators',
      operatorsLog
        .slice(-10)
        .map(({ at, by, act, reason, refused }) =>
          [at, by, act, reason && `(${reason})`, refused && `REFUSED: ${refused}`].filter((part) => part).join(' '),
        ),
    ),
  ];
  return blocks.join('\n\n');
}

const holdText = {
  budget: 'nothing that waits fits into the rest of the budget (raise-budget or close)',
  deadline: 'the deadline has passed (set-deadline or close)',
  paused: 'an operator paused it (resume)',
  slots: 'no class that would do has a slot (set-slots)',
};

const list = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : [[`${title}:`, ...lines.map((line) => `  ${line}`)].join('\n')];
