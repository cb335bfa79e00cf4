import { tellingIds } from '../../campaign/pseudonyms/telling-ids.ts';
import type { CheckedCampaign } from '../../intake/checked-campaign.ts';
import { counted } from '../../safe-text.ts';
import type { Output } from '../output.ts';

/** Says what pseudonyms cannot hide, before a campaign with pseudonyms starts. Names no team. */
export function sayTellingIds(
  { teamNames, submissions }: Pick<CheckedCampaign, 'teamNames' | 'submissions'>,
  output: Pick<Output, 'say'>,
): void {
  const telling = teamNames === 'pseudonyms' ? tellingIds(submissions) : 0;
  if (telling === 0) return;
  output.say(
    `${telling} of ${counted(submissions.length, 'submission')} ${telling === 1 ? 'has' : 'have'} a word of the team's name in ` +
      'an id. The Web UI and Batch show ids, not pseudonyms; neutral ids such as s-0417 hide teams there too ' +
      '(docs/operating.md#pseudonyms)',
  );
}
