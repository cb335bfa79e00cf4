import type { UpdateDefinition } from '@temporalio/common';
import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import type { OperatorCommands } from '../../campaign/operators/operator-commands.ts';
import type { AddedRounds, RoundKind } from '../../campaign/model/work-list.ts';
import type { Access } from '../access.ts';
import type { SubmissionFromS3 } from './campaign-from-s3.ts';
import { sendUpdateWithStart } from './send-command.ts';
import { sha256 } from '../../sha256.ts';
import { resultObjects } from '../../object-keys.ts';

/** The next round of each submission; its previous rounds have ended. */
export const nextRounds = (chosen: readonly Omit<SubmissionFromS3, 'rounds'>[], kind: RoundKind): AddedRounds => ({
  version: 1,
  rounds: chosen.map(({ submission, team, teamName, records }) => ({
    submission,
    sequence: records.length + 1,
    kind,
    team,
    teamName,
  })),
  submissions: [],
});

/** Writes rounds to S3 and adds them to the campaign, which starts again if it has ended. Throws REFUSED. */
export async function addRounds(
  access: Access,
  frozen: FrozenCampaign,
  update: UpdateDefinition<void, [OperatorCommands['addSubmissions']]>,
  added: AddedRounds,
  note: { reason?: string },
): Promise<void> {
  const body = `${JSON.stringify(added)}\n`;
  const key = resultObjects.added(frozen.campaign, sha256(body));
  await access.store.writeOnce(access.buckets.results, key, body);
  await sendUpdateWithStart(access, frozen, update, { rounds: key, count: added.rounds.length, ...note });
}
