import assert from 'node:assert/strict';
import { HoldoutError, type ErrorCode } from '../src/errors.ts';
import { loadSettings } from '../src/settings.ts';

const inAws = { HOLDOUT_STACK: 'remote', HOLDOUT_BUCKET_PREFIX: 'host-', HOLDOUT_BUCKET_OWNER: '123456789012' };

describe('the names of job definitions', () => {
  it('begin with the prefix of the installation, if it has one', () => {
    assert.equal(loadSettings(inAws).jobDefinition, 'host-holdout-runner');
    assert.equal(loadSettings({ HOLDOUT_STACK: 'embedded' }).jobDefinition, 'holdout-runner');
    assert.equal(loadSettings({ ...inAws, HOLDOUT_JOB_DEFINITION: 'holdout-runner' }).jobDefinition, 'holdout-runner');
  });
});

describe('the recipient of new campaigns', () => {
  const given = (recipient: string) => loadSettings({ HOLDOUT_SEAL_RECIPIENT: recipient }).sealRecipient;

  it('is a public key of age, or unset', () => {
    const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
    assert.deepEqual([given(recipient), given('')], [recipient, undefined]);
    for (const wrong of ['age1', recipient.slice(0, -1), `${recipient} `, recipient.toUpperCase(), 'AGE-SECRET-KEY-1X'])
      assert.throws(() => given(wrong), { code: 'SEAL_RECIPIENT_INVALID' });
  });
});

describe('settings of the buckets', () => {
  const refused: readonly [title: string, changes: NodeJS.ProcessEnv, code: ErrorCode][] = [
    ['an empty prefix', { HOLDOUT_BUCKET_PREFIX: '' }, 'BUCKET_PREFIX_MISSING'],
    ['no prefix', { HOLDOUT_BUCKET_PREFIX: undefined }, 'BUCKET_PREFIX_MISSING'],
    ['no owner', { HOLDOUT_BUCKET_OWNER: undefined }, 'BUCKET_OWNER_MISSING'],
    ['an empty owner', { HOLDOUT_BUCKET_OWNER: '' }, 'BUCKET_OWNER_MISSING'],
    ['an alias as owner', { HOLDOUT_BUCKET_OWNER: 'competition' }, 'BUCKET_OWNER_INVALID'],
    ['eleven digits', { HOLDOUT_BUCKET_OWNER: '12345678901' }, 'BUCKET_OWNER_INVALID'],
  ];
  for (const [title, changes, code] of refused) {
    it(`are refused in AWS: ${title}`, () => {
      assert.throws(
        () => loadSettings({ ...inAws, ...changes }),
        (error) => error instanceof HoldoutError && error.code === code && error.source === 'user',
      );
    });
  }

  it('have the prefix and the owner in AWS', () => {
    const { bucketPrefix, bucketOwner } = loadSettings(inAws);
    assert.deepEqual({ bucketPrefix, bucketOwner }, { bucketPrefix: 'host-', bucketOwner: '123456789012' });
  });

  for (const variable of ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL']) {
    it(`need neither with another S3 server (${variable})`, () => {
      assert.equal(loadSettings({ HOLDOUT_STACK: 'remote', [variable]: 'http://s3:7070' }).bucketOwner, undefined);
    });
  }

  it('need neither on the embedded stack', () => {
    assert.equal(loadSettings({ HOLDOUT_STACK: 'embedded' }).bucketPrefix, '');
  });
});
