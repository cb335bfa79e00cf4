import { shown } from '../../campaign/pseudonyms/shown.ts';
import { namesOf } from '../pseudonyms/names-of-campaign.ts';
import { showText } from '../status/show-text.ts';
import { submissionOverview } from '../status/submission-overview.ts';
import { jsonOption, jsonText, type Register } from './command-context.ts';

export const register: Register = (command, { withAccess, output }) => {
  const show = withAccess<{ submission: string; json?: true }>(async (access, campaign, { submission, json }) => {
    const names = await namesOf(access, campaign);
    const overview = shown(await submissionOverview(access, campaign, submission, names), names);
    output.result(json ? jsonText(overview) : showText(overview));
  });
  command
    .option(...jsonOption)
    .action((campaign: string, submission: string, options: { json?: true }) =>
      show(campaign, { ...options, submission }),
    );
};
