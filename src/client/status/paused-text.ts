import { instantText } from '../../campaign/model/units.ts';
import type { OperatorLogLine } from '../../campaign/state/operators-log.ts';
import { counted, firstFew } from '../../safe-text.ts';

/** Since when and by whom the campaign is paused. */
export const pausedCampaign = (log: readonly OperatorLogLine[]): string =>
  `the campaign is paused${byWhom(log, /^pauseCampaign\b/)}`;

/** Which teams are paused; of one team, since when and by whom. */
export function pausedTeams(teams: readonly string[], log: readonly OperatorLogLine[]): string {
  const [only] = teams;
  if (only !== undefined && teams.length === 1) return `team ${only} is paused${byWhom(log, isPauseOf(only))}`;
  return `${counted(teams.length, 'team')} with open submissions are paused: ${firstFew(teams)}`;
}

const isPauseOf = (team: string): RegExp => new RegExp(`^pauseTeam .*\\bteam=${team.replaceAll('.', '\\.')}(?: |$)`);

/** ` since 2026-01-02 14:20 UTC by root (mail from team)`: the last accepted command that matches. */
function byWhom(log: readonly OperatorLogLine[], command: RegExp): string {
  const line = log.findLast(({ refused, act }) => refused === undefined && command.test(act));
  if (line === undefined) return '';
  return ` since ${instantText(Date.parse(line.at))} by ${line.by}${line.reason === undefined ? '' : ` (${line.reason})`}`;
}
