import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { ServiceError } from '@temporalio/client';
import { errorOfEmbedded } from '../../src/client/error-of-embedded.ts';
import { fullHomeLines } from '../../src/client/status/trouble/full-home.ts';
import { HoldoutError, holdoutError } from '../../src/errors.ts';
import { setVariables } from '../support/images/ecr-api.ts';

/** A file system without a free block. */
const full = '/proc';

describe('an error of the embedded stack in the middle of a command', () => {
  let restore = (): void => undefined;
  const homeIs = (folder: string, more: Record<string, string> = {}): void => {
    restore = setVariables({ HOLDOUT_HOME: folder, ...more });
  };
  afterEach(() => {
    restore();
    restore = () => undefined;
  });

  const codeOf = (error: unknown): string => {
    const found = errorOfEmbedded(error);
    return found === error ? 'as it is' : found instanceof HoldoutError ? found.code : String(found);
  };
  const fromTemporal = new ServiceError('Failed to query Workflow', {
    cause: Object.assign(new Error('x'), { code: 9, details: 'Workflow Task in failed state.' }),
  });
  const fromS3 = Object.assign(new Error('We encountered an internal error.'), {
    name: 'InternalError',
    $metadata: { httpStatusCode: 500 },
  });
  const noSpace = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  const silent = holdoutError('CAMPAIGN_SILENT', { campaign: 'c', seconds: 15 });
  const changed = holdoutError('RECORD_CHANGED', { bucket: 'b', key: 'k', what: 'it is changed' });
  const ours = new RangeError('a fault of ours');

  it('has the server’s words and a next step', () => {
    homeIs(tmpdir());
    const found = errorOfEmbedded(fromTemporal);
    assert.ok(found instanceof HoldoutError);
    assert.equal(found.code, 'EMBEDDED_STACK_FAILS');
    assert.match(found.message, /: Failed to query Workflow: Workflow Task in failed state\.$/);
    assert.match(found.next, /read the logs in .*\/logs$/);
    assert.match(String(errorOfEmbedded(fromS3)), /InternalError: We encountered an internal error\./);
    for (const other of [noSpace, silent, changed, ours]) assert.equal(codeOf(other), 'as it is');
  });

  it('comes from the full disk of the home, unless it is about the record or a fault of ours', () => {
    homeIs(full);
    for (const error of [fromTemporal, fromS3, noSpace, silent]) assert.equal(codeOf(error), 'HOME_DISK_FULL');
    for (const other of [changed, ours]) assert.equal(codeOf(other), 'as it is');
    assert.deepEqual(fullHomeLines(), [
      'The disk of /proc has 0 MiB free: nothing can be recorded. → free space on this disk',
    ]);
  });

  it('does not come from a home that a remote stack does not use, or that is not there', () => {
    homeIs(full, { HOLDOUT_STACK: 'remote' });
    assert.equal(codeOf(silent), 'as it is');
    restore();
    homeIs('/no/such/home');
    assert.equal(codeOf(silent), 'as it is');
    assert.deepEqual(fullHomeLines(), []);
  });
});
