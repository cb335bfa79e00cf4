import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeImageScanFindingsCommand, type ECRClient, ScanNotFoundException } from '@aws-sdk/client-ecr';
import { holdoutError, messageOf } from '../../errors.ts';
import { ecrHostOf, hostOf, type EcrHost } from '../../registry/ecr-host.ts';
import { ecrClient } from '../../registry/ecr-token.ts';
import type { ScanRule } from '../../settings.ts';
import { scanResult, type ScanRecord, type ScanResult } from './ecr-scan-result.ts';

/** `reported`: one line about the scan. `refused`: by the host's rule, so it is no fault of the team. */
export type ScanVerdict = { kind: 'unscanned' } | { kind: 'reported'; text: string } | { kind: 'refused'; why: string };

/** Milliseconds. Basic scans take seconds to minutes; a report is not worth holding up a campaign for. */
interface ScanTimings {
  poll: number;
  longestWait: Record<Exclude<ScanRule, 'off'>, number>;
}
const defaultTimings: ScanTimings = { poll: 5_000, longestWait: { report: 60_000, 'refuse-critical': 10 * 60_000 } };

/** Applies the host's rule to the scan of an image in the store, waiting for it. Throws IMAGE_SCAN_MISSING. */
export async function scanVerdict(
  { reference, digest }: { reference: string; digest: string },
  rule: ScanRule,
  timings = defaultTimings,
): Promise<ScanVerdict> {
  const host = ecrHostOf(hostOf(reference) ?? '');
  if (rule === 'off' || host === undefined) return { kind: 'unscanned' };
  const result = await settledResult({ host, reference, digest }, timings.poll, timings.longestWait[rule]);
  if (result.kind === 'findings' && result.critical > 0 && rule === 'refuse-critical') {
    return {
      kind: 'refused',
      why: `the host refuses images with critical vulnerabilities (HOLDOUT_IMAGE_SCAN), and ECR's scan found ${result.text}; no run was started`,
    };
  }
  if (result.kind === 'findings' || result.kind === 'unsupported') return { kind: 'reported', text: result.text };
  const why =
    result.kind === 'failed' ? result.why : `ECR has no finished scan after ${timings.longestWait[rule] / 1_000} s`;
  if (rule === 'report') return { kind: 'reported', text: `not known: ${why}` };
  throw holdoutError('IMAGE_SCAN_MISSING', { image: reference, why });
}

interface ScannedImage {
  host: EcrHost;
  reference: string;
  digest: string;
}

async function settledResult(image: ScannedImage, poll: number, longestWait: number): Promise<ScanResult> {
  const client = ecrClient(image.host);
  const end = performance.now() + longestWait;
  try {
    for (;;) {
      const result = scanResult(await recordOf(client, image));
      if (result.kind !== 'pending' || performance.now() + poll > end) return result;
      await sleep(poll);
    }
  } catch (error) {
    return { kind: 'failed', why: `ECR does not tell: ${messageOf(error)}` };
  } finally {
    client.destroy();
  }
}

async function recordOf(client: ECRClient, { host, reference, digest }: ScannedImage): Promise<ScanRecord> {
  const repositoryName = reference.replace(/^docker:\/\/[^/]+\//, '').replace(/@.*$/, '');
  const command = new DescribeImageScanFindingsCommand({
    registryId: host.account,
    repositoryName,
    imageId: { imageDigest: digest },
    maxResults: 1,
  });
  try {
    const { imageScanStatus, imageScanFindings } = await client.send(command);
    const { status = '', description = '' } = imageScanStatus ?? {};
    return { kind: 'present', status, description, counts: imageScanFindings?.findingSeverityCounts ?? {} };
  } catch (error) {
    if (error instanceof ScanNotFoundException) return { kind: 'absent' };
    throw error;
  }
}
