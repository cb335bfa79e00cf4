import { resultObjects } from '../object-keys.ts';
import type { Bucket } from '../s3/object-store.ts';
import { baseFindings } from './base/base-records.ts';

/** A submission whose round ends. `base`: of its image, null if it has none or was refused. */
interface ExaminedImage {
  campaign: string;
  submission: string;
  base: string | null;
  /** The campaign has a scanner. */
  isScanned: boolean;
  /** The round had a probe. */
  isProbed: boolean;
}

/** The keys of what was found about the image of a submission, in this round and earlier ones. */
export async function imageFindings(
  results: Bucket,
  { campaign, submission, base, isScanned, isProbed }: ExaminedImage,
): Promise<string[]> {
  const keys: string[] = [];
  const scans = `${resultObjects.scansFolder(campaign)}${submission}/`;
  if (isScanned) for await (const key of results.store.list(results.bucket, scans)) keys.push(key);
  if (isProbed && base !== null) keys.push(...(await baseFindings(results, { campaign, base, submission })));
  return keys;
}
