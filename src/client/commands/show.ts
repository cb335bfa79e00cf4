import { showText } from '../status/show-text.ts';
import { submissionOverview } from '../status/submission-report.ts';
import { jsonOption, jsonText, type Register } from './command-context.ts';

export const register: Register = (command, { withAccess, output }) => {
  const show = withAccess<{ submission: string; json?: true }>(async (access, campaign, { submission, json }) => {
    const overview = await submissionOverview(access, campaign, submission);
    output.result(json ? jsonText(overview) : showText(overview));
  });
  command
    .option(...jsonOption)
    .action((campaign: string, submission: string, options: { json?: true }) =>
      show(campaign, { ...options, submission }),
    );
};
