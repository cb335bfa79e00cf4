import type { ImageScan } from '../../campaign/model/frozen-campaign.ts';
import { resultObjects } from '../../object-keys.ts';
import type { Bucket } from '../../s3/object-store.ts';
import { sha256 } from '../../sha256.ts';
import { hostScan } from './host-scan.ts';
import type { ScanVerdict } from './store-scan.ts';

/** `nothing-found`: also if the host has no scanner. */
type HostVerdict = { kind: 'nothing-found' } | Exclude<ScanVerdict, { kind: 'unscanned' }>;

interface ScannedImage {
  campaign: string;
  submission: string;
  layout: string;
  digest: string;
}

/**
 * Lets the host's scanner look at an accepted image, and applies the host's rule to what it found, in Holdout's words. The
 * scanner's own stay in the results bucket. `place`: see {@link hostScan}.
 */
export async function hostVerdict(
  results: Bucket,
  rule: ImageScan | undefined,
  { campaign, submission, layout, digest }: ScannedImage,
  place: { into: string; stop: AbortSignal },
): Promise<HostVerdict> {
  if (rule === undefined) return { kind: 'nothing-found' };
  const { kind, output } = await hostScan(layout, rule.command, place);
  const key = resultObjects.imageScan(campaign, submission, digest, sha256(output));
  await results.store.writeIfAbsent(results.bucket, key, output);
  if (kind === 'clean') return { kind: 'nothing-found' };
  const found = `the host’s scanner found something: s3://${results.bucket}/${key}`;
  return rule.onFinding === 'refuse'
    ? { kind: 'refused', why: `${found}; no run was started` }
    : { kind: 'reported', text: found };
}
