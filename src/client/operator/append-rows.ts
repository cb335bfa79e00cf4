import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import { uploadImages, type LocatedRow } from '../../intake/upload-images.ts';
import { commandMessages } from '../../workflows/messages.ts';
import type { Access } from '../access.ts';
import { addRounds } from './added-rounds.ts';
import { countOf } from './select-submissions.ts';
import { confirmed } from '../confirm.ts';
import { estimateLines, estimateOf } from './cost-estimate.ts';
import { campaignFromS3 } from './campaign-from-s3.ts';
import { remainingLimits } from './remaining-limits.ts';
import type { Output } from '../output.ts';

/** Shows rows that were added to the submissions file since the start and adds them once confirmed. Returns whether it did. */
export async function appendRows(
  access: Access,
  frozen: FrozenCampaign,
  appended: readonly LocatedRow[],
  options: { yes: boolean; output: Output },
): Promise<boolean> {
  const rows = appended.map(({ row }) => row);
  const known = await campaignFromS3(access, frozen.campaign);
  const newRows = rows.map(() => ({ records: [] }));
  const estimate = estimateOf(newRows, known.submissions, frozen);
  const meaning = [
    `the submissions file has ${countOf(rows)} that ${frozen.campaign} does not have yet`,
    ...estimateLines(estimate, await remainingLimits(access, known), Date.now()),
  ];
  if (!(await confirmed(meaning, `Add them to ${frozen.campaign}?`, options))) return false;
  await uploadImages({ store: access.store, buckets: access.buckets, report: options.output.say }, appended);
  await addRounds(
    access,
    frozen,
    commandMessages.addSubmissions,
    {
      version: 1,
      rounds: rows.map(({ submission, team, teamName }) => ({
        submission,
        sequence: 1,
        kind: 'evaluate',
        team,
        teamName,
      })),
      submissions: rows,
    },
    {},
  );
  options.output.say(`done: added ${countOf(rows)}`);
  return true;
}
