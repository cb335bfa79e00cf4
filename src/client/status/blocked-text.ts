import type { Blocker } from '../../campaign/scheduling/blocked-reason.ts';
import type { CampaignProgress } from '../../campaign/operators/progress.ts';
import { counted } from '../../safe-text.ts';
import { instantText } from '../../campaign/model/units.ts';
import type { StuckStep } from '../../campaign/model/messages.ts';
import type { OperatorLogLine } from '../../campaign/state/campaign-state.ts';

const teamsNamed = 5;

/** Why a campaign holds, a line for each cause with the command that ends it; empty while it goes on by itself. */
export const blockedLines = (progress: CampaignProgress): string[] =>
  progress.holds.map((held) => `${wordsOn(held, progress.operatorsLog)} → ${commandFor(held, progress.campaign)}`);

function wordsOn(held: Blocker, log: readonly OperatorLogLine[]): string {
  switch (held.hold) {
    case 'budget':
      return 'nothing that waits fits into the rest of the budget';
    case 'deadline':
      return 'the deadline has passed';
    case 'slots':
      return 'no class that would do has a slot';
    case 'paused':
      return held.teams === undefined
        ? `the campaign is paused${byWhom(log, /^pauseCampaign\b/)}`
        : pausedTeams(held.teams, log);
    case 'platform': {
      const since = held.since === undefined ? '' : ` since ${instantText(held.since)}`;
      const what =
        held.class === undefined
          ? `images cannot be copied${since}`
          : `${held.class} is held${since} because the platform failed its last runs`;
      return `${what}: ${held.cause}`;
    }
  }
}

function pausedTeams(teams: readonly string[], log: readonly OperatorLogLine[]): string {
  const [only] = teams;
  if (only !== undefined && teams.length === 1) return `team ${only} is paused${byWhom(log, isPauseOf(only))}`;
  return `${counted(teams.length, 'team')} with work left are paused: ${teams.slice(0, teamsNamed).join(', ')}${teams.length > teamsNamed ? ', …' : ''}`;
}

const isPauseOf = (team: string): RegExp => new RegExp(`^pauseTeam .*\\bteam=${team.replaceAll('.', '\\.')}(?: |$)`);

/** ` since 2026-01-02 14:20 UTC by root (mail from team)`, by the last act that fits. */
function byWhom(log: readonly OperatorLogLine[], act: RegExp): string {
  const line = log.findLast((candidate) => candidate.refused === undefined && act.test(candidate.act));
  if (line === undefined) return '';
  return ` since ${instantText(Date.parse(line.at))} by ${line.by}${line.reason === undefined ? '' : ` (${line.reason})`}`;
}

function commandFor(held: Blocker, campaign: string): string {
  const command = (verb: string, options = ''): string => `npm run holdout -- ${verb} ${campaign}${options}`;
  switch (held.hold) {
    case 'budget':
      return `${command('raise-budget', ' --usd DOLLARS')}, or close`;
    case 'deadline':
      return `${command('set-deadline', ' --at INSTANT')}, or close`;
    case 'slots':
      return command('set-slots', ' --class CLASS --slots NUMBER');
    case 'paused':
      return held.teams === undefined ? command('resume') : command('resume', ` --team ${held.teams[0] ?? 'TEAM'}`);
    case 'platform':
      return `after the repair: ${command('resume', held.class === undefined ? '' : ` --class ${held.class}`)}`;
  }
}

/** Steps that are tried again and again, in words. */
const steps: Record<string, string> = {
  pullImage: 'its image cannot be copied',
  submitBatchJob: 'its job cannot be submitted',
  awaitBatchJob: 'its job cannot be watched',
  probeGpuMemory: 'its probe cannot be read',
  scoreOutput: 'its predictions cannot be scored',
  recordResult: 'its record cannot be written',
  openSubmission: 'it cannot be opened',
};

/** One line on a submission that is stuck. */
export function stuckLine({ submission, what, cause, tries, since }: StuckStep & { submission: string }): string {
  const times = tries === 0 ? '' : `${tries} ${tries === 1 ? 'try' : 'tries'} `;
  return `${submission}: ${steps[what] ?? what} (${times}since ${instantText(since)}): ${cause}`;
}
