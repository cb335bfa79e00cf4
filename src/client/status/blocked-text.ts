import type { StuckStep } from '../../campaign/model/messages.ts';
import { instantText } from '../../campaign/model/units.ts';
import type { CampaignProgress } from '../../campaign/operators/progress.ts';
import type { Blocker } from '../../campaign/scheduling/blocked-reason.ts';
import type { OperatorLogLine } from '../../campaign/state/operators-log.ts';
import { counted, firstFew } from '../../safe-text.ts';
import { arrowTo, nextStepAfter } from './trouble/next-step.ts';
import { repairOf } from './trouble/platform-lines.ts';

/** Why a campaign is blocked: a line for each cause with the command that removes it; empty if it is not blocked. */
export const blockedLines = (progress: CampaignProgress): string[] =>
  progress.holds.map((blocker) => blockedLine(blocker, progress));

function blockedLine(blocker: Blocker, { campaign, operatorsLog }: CampaignProgress): string {
  const command = (verb: string, options = ''): string => `npm run holdout -- ${verb} ${campaign}${options}`;
  switch (blocker.hold) {
    case 'budget':
      return `no waiting run fits into the remaining budget → ${command('raise-budget', ' --usd DOLLARS')}, or close`;
    case 'deadline':
      return `the deadline has passed → ${command('set-deadline', ' --at INSTANT')}, or close`;
    case 'slots':
      return `no suitable instance class has a slot → ${command('set-slots', ' --class CLASS --slots NUMBER')}`;
    case 'paused':
      return blocker.teams === undefined
        ? `the campaign is paused${byWhom(operatorsLog, /^pauseCampaign\b/)} → ${command('resume')}`
        : `${pausedTeams(blocker.teams, operatorsLog)} → ${command('resume', ` --team ${blocker.teams[0] ?? 'TEAM'}`)}`;
    case 'platform': {
      const since = blocker.since === undefined ? '' : ` since ${instantText(blocker.since)}`;
      return blocker.class === undefined
        ? `images cannot be copied${since}: ${blocker.cause} → ${repairOf(blocker.cause)}: ${command('resume')}`
        : `${blocker.class} is blocked${since} because ${blockText(blocker)} ` +
            `→ ${repairOf(blocker.cause)}: ${command('resume', ` --class ${blocker.class}`)}`;
    }
  }
}

/** What blocks a class. */
export const blockText = ({ cause, byCanary }: { cause: string; byCanary?: true }): string =>
  byCanary ? `its canary does not open it: ${cause}` : `platform faults ended its last runs: ${cause}`;

function pausedTeams(teams: readonly string[], log: readonly OperatorLogLine[]): string {
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

const stuckTexts: Record<string, string> = {
  pullImage: 'its image cannot be copied',
  submitBatchJob: 'its job cannot be submitted',
  awaitBatchJob: 'its job cannot be followed',
  placement: 'its job waits for a machine',
  probeGpuMemory: 'its probe cannot be read',
  scoreOutput: 'its predictions cannot be scored',
  recordResult: 'its record cannot be written',
  openSubmission: 'its state cannot be loaded',
  submitCanary: 'its job cannot be submitted',
  awaitCanary: 'its job cannot be followed',
  recordCanary: 'its record cannot be written',
};

/** One line about a submission with an activity that is retried again and again. */
export const stuckLine = ({ submission, ...step }: StuckStep & { submission: string }): string =>
  `${submission}: ${stuckStepText(step)}`;

/** `its job cannot be submitted (failed 5 times since …): why → what to do`. */
export function stuckStepText({ what, cause, tries, since }: StuckStep): string {
  const failed = tries === 0 ? '' : `failed ${counted(tries, 'time')} `;
  return `${stuckTexts[what] ?? what} (${failed}since ${instantText(since)}): ${cause}${arrowTo(nextStepAfter(cause))}`;
}
