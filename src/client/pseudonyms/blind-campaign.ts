import { assignPseudonyms, type CodeOf } from '../../campaign/pseudonyms/assign-pseudonyms.ts';
import type { CheckedCampaign } from '../../intake/checked-campaign.ts';
import { codesOf } from '../../intake/pseudonym-codes.ts';
import { homeFolder } from '../../local/stack/home/home.ts';
import { pseudonymSecret } from './pseudonym-secret.ts';

/** A campaign whose rows have pseudonyms, unless its file shows names, and the codes for rows that are added to it. */
export function blindCampaign(checked: CheckedCampaign): { blind: CheckedCampaign; codes?: CodeOf } {
  if (checked.teamNames !== 'pseudonyms') return { blind: checked };
  const codes = codesOf(pseudonymSecret(homeFolder(), checked.campaign));
  return { blind: { ...checked, submissions: assignPseudonyms(checked.submissions, [], codes) }, codes };
}
