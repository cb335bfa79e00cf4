import { instantText } from '../../campaign/model/units.ts';
import type { CampaignProgress } from '../../campaign/operators/progress.ts';
import type { Blocker } from '../../campaign/scheduling/blocked-reason.ts';
import { pausedCampaign, pausedTeams } from './paused-text.ts';
import { repairOf } from './trouble/next-step.ts';

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
        ? `${pausedCampaign(operatorsLog)} → ${command('resume')}`
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
