import assert from 'node:assert/strict';
import { HoldoutError } from '../../../src/errors.ts';
import { scanVerdict, type ScanVerdict } from '../../../src/images/scans/store-scan.ts';
import { scanResult } from '../../../src/images/scans/ecr-scan-result.ts';
import { loadSettings, type ScanRule } from '../../../src/settings.ts';
import { startEcrApi, type EcrAnswer, type EcrApi } from '../../support/images/ecr-api.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const reference = `docker://123456789012.dkr.ecr.eu-west-1.amazonaws.com/holdout/submissions@${digest}`;
const unsupported = 'UnsupportedImageError: The operating system and/or package manager are not supported.';
const scan = (status: string, counts?: Record<string, number>, description = ''): EcrAnswer => ({
  body: { imageScanStatus: { status, description }, imageScanFindings: { findingSeverityCounts: counts } },
});
const absent: EcrAnswer = { error: 'ScanNotFoundException', message: 'Image scan does not exist' };
const denied: EcrAnswer = { error: 'AccessDeniedException', message: 'not authorized: ecr:DescribeImageScanFindings' };

describe('the scan of an image in ECR', () => {
  let api: EcrApi;
  before(async () => {
    api = await startEcrApi();
  });
  after(() => api.close());

  /** The verdict when ECR gives these answers, the last one for ever. */
  function verdict(rule: ScanRule, ...answers: EcrAnswer[]): Promise<ScanVerdict> {
    api.calls.length = 0;
    api.answer('DescribeImageScanFindings', () => answers[Math.min(api.calls.length, answers.length) - 1] ?? absent);
    const timings = { poll: 20, longestWait: { report: 200, 'refuse-critical': 200 } };
    return scanVerdict({ reference, digest }, rule, timings);
  }
  const isMissing = (why: RegExp) => (error: unknown) =>
    error instanceof HoldoutError &&
    error.code === 'IMAGE_SCAN_MISSING' &&
    error.source === 'platform' &&
    why.test(error.message);

  it('is reported by default, whatever it finds', async () => {
    assert.equal(loadSettings({}).imageScan, 'report');
    const found = await verdict('report', scan('COMPLETE', { LOW: 7, CRITICAL: 2, HIGH: 1 }));
    assert.deepEqual(found, { kind: 'reported', text: '2 critical, 1 high, 7 low' });
    assert.deepEqual(await verdict('report', scan('COMPLETE', {})), { kind: 'reported', text: 'no findings' });
    assert.deepEqual(api.calls[0]?.body, {
      registryId: '123456789012',
      repositoryName: 'holdout/submissions',
      imageId: { imageDigest: digest },
      maxResults: 1,
    });
  });

  it('refuses an image with critical findings where the host wants it, and no other', async () => {
    const refused = await verdict('refuse-critical', scan('COMPLETE', { CRITICAL: 2 }));
    assert.deepEqual(refused, {
      kind: 'refused',
      why: "the host refuses images with critical vulnerabilities (HOLDOUT_IMAGE_SCAN), and ECR's scan found 2 critical; no run was started",
    });
    assert.equal((await verdict('refuse-critical', scan('ACTIVE', { CRITICAL: 1 }))).kind, 'refused');
    assert.equal((await verdict('refuse-critical', scan('COMPLETE', { HIGH: 9 }))).kind, 'reported');
  });

  it('is waited for, from before it begins', async () => {
    const found = await verdict(
      'refuse-critical',
      absent,
      scan('PENDING'),
      scan('IN_PROGRESS'),
      scan('COMPLETE', { CRITICAL: 1 }),
    );
    assert.equal(found.kind, 'refused');
    assert.equal(api.calls.length, 4);
  });

  it('is waited for only so long: then it is reported as missing, or the platform must act', async () => {
    for (const [answer, why] of [
      [absent, /no finished scan after 0\.2 s/],
      [scan('IN_PROGRESS'), /no finished scan after 0\.2 s/],
      [scan('FAILED', {}, 'InternalError'), /its scan ended as FAILED: InternalError/],
      [scan('SCAN_ELIGIBILITY_EXPIRED'), /its scan ended as SCAN_ELIGIBILITY_EXPIRED/],
      [denied, /ECR does not tell: not authorized: ecr:DescribeImageScanFindings/],
    ] as const) {
      const reported = await verdict('report', answer);
      assert.match(reported.kind === 'reported' ? reported.text : reported.kind, why);
      await assert.rejects(verdict('refuse-critical', answer), isMissing(why));
    }
  });

  it('that ECR cannot make is only reported', async () => {
    for (const answer of [scan('FAILED', undefined, unsupported), scan('UNSUPPORTED_IMAGE')]) {
      assert.deepEqual(await verdict('refuse-critical', answer), {
        kind: 'reported',
        text: 'ECR cannot scan its operating system',
      });
    }
  });

  it('is not asked for when it is off, nor in another registry', async () => {
    assert.deepEqual(await verdict('off', scan('COMPLETE', { CRITICAL: 1 })), { kind: 'unscanned' });
    const elsewhere = await scanVerdict({ reference: 'docker://127.0.0.1:5000/x@sha256:0', digest }, 'refuse-critical');
    assert.deepEqual(elsewhere, { kind: 'unscanned' });
    assert.equal(api.calls.length, 0);
  });

  it('is read from every state that ECR documents', () => {
    const states = {
      IN_PROGRESS: 'pending',
      PENDING: 'pending',
      COMPLETE: 'findings',
      ACTIVE: 'findings',
      UNSUPPORTED_IMAGE: 'unsupported',
      FAILED: 'failed',
      SCAN_ELIGIBILITY_EXPIRED: 'failed',
      FINDINGS_UNAVAILABLE: 'failed',
      LIMIT_EXCEEDED: 'failed',
      IMAGE_ARCHIVED: 'failed',
    };
    for (const [status, kind] of Object.entries(states))
      assert.equal(scanResult({ kind: 'present', status, description: '', counts: {} }).kind, kind, status);
  });

  it('follows a rule of a closed list', () => {
    assert.equal(loadSettings({ HOLDOUT_IMAGE_SCAN: 'off' }).imageScan, 'off');
    assert.throws(
      () => loadSettings({ HOLDOUT_IMAGE_SCAN: 'strict' }),
      ({ code, message, next }: HoldoutError) =>
        code === 'SETTING_INVALID' &&
        message === 'HOLDOUT_IMAGE_SCAN is "strict".' &&
        next === 'Set it to off, report, refuse-critical, or leave it out.',
    );
  });
});
