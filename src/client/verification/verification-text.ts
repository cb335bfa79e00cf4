import { dollars } from '../../campaign/model/money.ts';
import type { Verification } from '../../ledger/verification/verify-campaign.ts';
import { counted } from '../../safe-text.ts';
import { unsealingText } from '../status/unsealing-text.ts';
import { fairnessLines } from './fairness-text.ts';
import type { VerificationSummary } from './summary.ts';

/** What a verification found, for people. */
export function verificationText(
  { faults, unchecked, verified }: Verification,
  { campaign, checked, costMicroUsd, fairness, runs }: VerificationSummary,
  seconds: number,
): string {
  const changed = new Set(faults.map(({ bucket, key }) => `${bucket}/${key}`)).size;
  const lines = [
    changed === 0
      ? `${campaign}: the record is intact`
      : `${campaign}: ${counted(changed, 'object')} ${changed === 1 ? 'is' : 'are'} not what Holdout wrote`,
    ...faults.map(({ bucket, key, what }) => `  s3://${bucket}/${key}: ${what}`),
  ];
  if (checked) {
    const { objects, records, scores } = checked;
    lines.push(
      `checked in ${seconds.toFixed(1)} s: ${counted(objects, 'object')}, ${counted(records, 'ledger record')}`,
    );
    lines.push(
      `computed again: ${counted(scores, 'score')}, the leaderboard, ${dollars(costMicroUsd)} of ${counted(runs, 'run')}`,
    );
  }
  if (fairness) lines.push(...fairnessLines(fairness));
  lines.push(...(verified?.unsealings ?? []).map(unsealingText));
  return [...lines, ...unchecked.map((what) => `not checked: ${what}`)].join('\n');
}

/** The command with which anybody checks the signature of a published summary. */
export const checkCommand = (folder: string): string =>
  `cd ${shellWord(folder)} && openssl pkeyutl -verify -pubin -inkey record-key.pem -rawin -in verification.json -sigfile verification.sig`;

/** A path as one word of a shell. */
const shellWord = (path: string): string => (/^[\w/.-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
