import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import { Names } from '../../campaign/pseudonyms/names.ts';
import { uploadImages, type LocatedRow } from '../../intake/upload-images.ts';
import { commandMessages } from '../../workflows/signals-and-queries.ts';
import type { Access } from '../access.ts';
import { namesOf } from '../pseudonyms/names-of-campaign.ts';
import { addRounds, nextRounds } from './added-rounds.ts';
import { countText } from './select-submissions.ts';
import { confirmed } from '../confirm.ts';
import { costLines } from './cost-estimate.ts';
import { campaignFromS3 } from './campaign-from-s3.ts';
import type { Output } from '../output.ts';

/** Shows rows that were added to the submissions file since the start and adds them once confirmed. Returns whether it did. */
export async function appendRows(
  access: Access,
  frozen: FrozenCampaign,
  appended: readonly LocatedRow[],
  options: { yes: boolean; output: Output },
): Promise<boolean> {
  const rows = appended.map(({ row }) => row);
  const submissions = rows.map((row) => ({ ...row, records: [] }));
  const known = await campaignFromS3(access, frozen.campaign);
  const names = new Names(frozen.campaign, rows, (await namesOf(access, frozen.campaign)).isHidden);
  const meaning = [
    `the submissions file has ${countText(rows, names)} that ${frozen.campaign} does not have yet`,
    ...(await costLines(access, known, submissions)),
  ];
  if (!(await confirmed(meaning, `Add them to ${frozen.campaign}?`, options))) return false;
  await uploadImages({ store: access.store, buckets: access.buckets, report: options.output.say }, appended);
  const added = { ...nextRounds(submissions, 'evaluate'), submissions: rows };
  await addRounds(access, frozen, commandMessages.addSubmissions, added, {});
  options.output.say(`done: added ${countText(rows, names)}`);
  return true;
}
