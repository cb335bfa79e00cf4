import { homeFolder } from '../../local/stack/home/home.ts';
import { realNames } from '../../campaign/pseudonyms/names.ts';
import { shown } from '../../campaign/pseudonyms/shown.ts';
import { verifyCampaign } from '../../ledger/verification/verify-campaign.ts';
import { holdoutError } from '../../errors.ts';
import { exitStatus } from '../exit-status.ts';
import { namesOf } from '../pseudonyms/names-of-campaign.ts';
import { hasObjects } from '../verification/has-objects.ts';
import { keepSummary } from '../verification/kept-summary.ts';
import { summaryOf } from '../verification/summary.ts';
import { verificationText } from '../verification/verification-text.ts';
import { jsonText, type Register } from './command-context.ts';

export const register: Register = (command, { withAccess, output }) => {
  command
    .option('--inputs', 'also read every input file and every image archive')
    .option('--json', 'print the summary, the object that is signed')
    .action(
      withAccess<{ inputs?: true; json?: true }>(async (access, campaign, { inputs = false, json }) => {
        if (!(await hasObjects(access, campaign))) throw holdoutError('CAMPAIGN_UNKNOWN', { campaign });
        const began = performance.now();
        const found = await verifyCampaign(access.store, {
          campaign,
          buckets: access.buckets,
          inputs,
          outputs: true,
          sealKeys: access.sealKeys,
        });
        // A changed record may not tell the names; its faults are reported all the same.
        const names = await namesOf(access, campaign).catch(() => realNames);
        const { faults, unchecked } = shown({ faults: found.faults, unchecked: found.unchecked }, names);
        const verified = found.verified && { ...found.verified, unsealings: shown(found.verified.unsealings, names) };
        const verification = { faults, unchecked, verified };
        const whole = summaryOf(campaign, verification, new Date());
        const summary = {
          ...whole,
          leaderboard: shown(whole.leaderboard, names),
          fairness: shown(whole.fairness, names),
        };
        const seconds = (performance.now() - began) / 1000;
        const body = `${jsonText(summary)}\n`;
        output.result(json ? body.trimEnd() : verificationText(verification, summary, seconds));
        const { folder, said } = await keepSummary(homeFolder(), campaign, body, summary.publicKey);
        output.say(`the summary is in ${folder}`);
        output.say(said);
        return verification.faults.length === 0 ? exitStatus.done : exitStatus.failed;
      }),
    );
};
