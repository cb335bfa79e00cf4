import { realNames } from '../../campaign/pseudonyms/names.ts';
import { shown } from '../../campaign/pseudonyms/shown.ts';
import { holdoutError } from '../../errors.ts';
import { exitStatus } from '../exit-status.ts';
import { checkInvariants } from '../invariants/check-invariants.ts';
import { checkReport, checkText } from '../invariants/check-text.ts';
import { namesOf } from '../pseudonyms/names-of-campaign.ts';
import { hasObjects } from '../verification/has-objects.ts';
import { jsonOption, jsonText, type Register } from './command-context.ts';

const examples = `
Examples:
  npm run holdout -- check example
  npm run holdout -- check example --json | jq '.breaches[].text'

Exit status: 0 no breach; 1 a breach; 2 it could not be checked.`;

export const register: Register = (command, { withAccess, output, end }) => {
  command
    .option(...jsonOption)
    .addHelpText('after', examples)
    // 1 says that an invariant is broken, so whatever goes wrong before that is known is 2.
    .hook('preAction', () => end(exitStatus.badInput))
    .action(
      withAccess<{ json?: true }>(async (access, campaign, { json }) => {
        if (!(await hasObjects(access, campaign))) throw holdoutError('CAMPAIGN_UNKNOWN', { campaign });
        const began = performance.now();
        const found = await checkInvariants(access, campaign);
        // A changed record may not tell the names; its breaches are reported all the same.
        const names = await namesOf(access, campaign).catch(() => realNames);
        const check = shown(found, names);
        const seconds = (performance.now() - began) / 1000;
        output.result(json ? jsonText(checkReport(check)) : checkText(check, seconds));
        return found.breaches.length === 0 ? exitStatus.done : exitStatus.failed;
      }),
    );
};
