import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { homeFolder } from '../../local/stack/home/home.ts';
import { realNames } from '../../campaign/pseudonyms/names.ts';
import { shown } from '../../campaign/pseudonyms/shown.ts';
import { verifyCampaign } from '../../ledger/verification/verify-campaign.ts';
import { holdoutError } from '../../errors.ts';
import type { Access } from '../access.ts';
import { exitStatus } from '../exit-status.ts';
import { namesOf } from '../names/names-of-campaign.ts';
import { signRecord } from '../verification/record-key.ts';
import { summaryOf } from '../verification/summary.ts';
import { checkCommand, verificationText } from '../verification/verification-text.ts';
import type { Register } from './command-context.ts';

export const register: Register = (command, { withAccess, output }) => {
  command
    .option('--inputs', 'also read every input file and every image archive')
    .option('--json', 'print the summary, the object that is signed')
    .action(
      withAccess<{ inputs?: true; json?: true }>(async (access, campaign, { inputs = false, json }) => {
        if (!(await hasObjects(access, campaign))) throw holdoutError('CAMPAIGN_UNKNOWN', { campaign });
        const began = performance.now();
        const found = await verifyCampaign(access.store, { campaign, buckets: access.buckets, inputs });
        // A changed record may not tell the names; its faults are reported all the same.
        const names = await namesOf(access, campaign).catch(() => realNames);
        const { faults, unchecked } = shown({ faults: found.faults, unchecked: found.unchecked }, names);
        const verification = { ...found, faults, unchecked };
        const whole = summaryOf(campaign, verification, new Date());
        const summary = { ...whole, leaderboard: shown(whole.leaderboard, names) };
        const seconds = (performance.now() - began) / 1000;
        const body = `${JSON.stringify(summary, null, 2)}\n`;
        output.result(json ? body.trimEnd() : verificationText(verification, summary, seconds));
        const kept = await keepSummary(campaign, body, summary.publicKey);
        output.say(`the summary is in ${kept.folder}`);
        output.say(kept.isSigned ? `signed; anyone can check it: ${checkCommand(kept.folder)}` : unsigned);
        return verification.faults.length === 0 ? exitStatus.done : exitStatus.failed;
      }),
    );
};

/** Not only campaign.json, which may have been removed. */
async function hasObjects({ store, buckets }: Access, campaign: string): Promise<boolean> {
  for await (const _ of store.list(buckets.results, `${campaign}/`)) return true;
  return false;
}

const unsigned = 'not signed: this home has no key of the campaign; HOLDOUT_HOME of the first start has it';

/** Writes the summary, its signature and the public key into `<home>/results/<campaign>/`. */
async function keepSummary(
  campaign: string,
  body: string,
  publicKey: string | null,
): Promise<{ folder: string; isSigned: boolean }> {
  const folder = join(homeFolder(), 'results', campaign);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const mode = 0o600;
  await writeFile(join(folder, 'verification.json'), body, { mode });
  const signature = publicKey === null ? undefined : signRecord(homeFolder(), campaign, publicKey, body);
  if (publicKey === null || signature === undefined) return { folder, isSigned: false };
  await writeFile(join(folder, 'verification.sig'), signature, { mode });
  await writeFile(join(folder, 'record-key.pem'), publicKey, { mode });
  return { folder, isSigned: true };
}
