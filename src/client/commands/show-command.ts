import type { CommandKit } from './command-context.ts';
import { submissionOverview } from '../status/submission-report.ts';
import { showText } from '../status/show-text.ts';

/** The command that says why a submission ended as it did. */
export function addShow({ command, withAccess, output }: CommandKit): void {
  const show = withAccess<{ submission: string; json?: true }>(async (access, campaign, { submission, json }) => {
    const shown = await submissionOverview(access, campaign, submission);
    output.result(json ? JSON.stringify(shown, null, 2) : showText(shown));
  });
  command('show')
    .option('--json', 'as one JSON object on stdout')
    .action((campaign: string, submission: string, options: { json?: true }) =>
      show(campaign, { ...options, submission }),
    );
}
