import type { FrozenCampaign, Submission } from '../../../campaign/model/frozen-campaign.ts';
import type { ChainedCommand } from '../../command-log.ts';

/**
 * The teams that operators treated otherwise than the rest: paused, resumed or reprioritised by an accepted command, or added
 * after the start. `rows`: those of the manifest first.
 */
export function steeredTeams(
  { manifest }: Pick<FrozenCampaign, 'manifest'>,
  rows: readonly Submission[],
  commands: readonly ChainedCommand[],
): Set<string> {
  const teams = new Set(rows.slice(manifest.submissions).map(({ team }) => team));
  for (const { message: command } of commands) {
    if (command === null) continue;
    if (['pauseTeam', 'resumeTeam', 'reprioritiseTeam'].includes(command.name) && 'team' in command.message)
      teams.add(command.message.team);
  }
  return teams;
}
