import assert from 'node:assert/strict';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { ServiceError } from '@temporalio/client';
import { errorOfService } from '../../src/client/error-of-service.ts';
import { HoldoutError } from '../../src/errors.ts';
import { openS3Client } from '../../src/s3/s3-client.ts';

describe('an error of a service in the middle of a command', () => {
  const ambient = { ...process.env };
  beforeEach(() => {
    const port = 1;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      TEMPORAL_ADDRESS: 'temporal.example.org:7233',
      TEMPORAL_NAMESPACE: 'prod',
    });
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in ambient)) delete process.env[name];
    Object.assign(process.env, ambient);
  });

  const told = async (error: unknown): Promise<HoldoutError> => {
    const found = await errorOfService(error);
    assert.ok(found instanceof HoldoutError, String(found));
    return found;
  };
  const fromTemporal = (code: number, details: string): ServiceError =>
    new ServiceError('Failed to start Workflow', { cause: Object.assign(new Error('x'), { code, details }) });

  it('of Temporal names address, namespace and the server’s words', async () => {
    const { code, message } = await told(fromTemporal(3, 'search attribute HoldoutTeam is not defined'));
    assert.equal(code, 'TEMPORAL_REFUSED');
    assert.match(
      message,
      /temporal\.example\.org:7233, namespace prod, .*: search attribute HoldoutTeam is not defined\. Who acts: /,
    );
  });

  it('of a Temporal that does not answer is the platform’s', async () => {
    const { code, source } = await told(fromTemporal(14, 'connection refused'));
    assert.deepEqual([code, source], ['TEMPORAL_UNREACHABLE', 'platform']);
  });

  it('of S3 names the bucket and the endpoint', async () => {
    const client = openS3Client({ s3PathStyle: true }, { maxAttempts: 1 });
    const failed = await client
      .send(new HeadObjectCommand({ Bucket: 'host-holdout-runs', Key: 'x' }))
      .catch((e: unknown) => e);
    client.destroy();
    const { code, message } = await told(failed);
    assert.equal(code, 'S3_UNREACHABLE');
    assert.match(message, /at http:\/\/127\.0\.0\.1:1 \(bucket host-holdout-runs\)/);
  });

  it('of S3 that refuses names the bucket and the key', async () => {
    const client = openS3Client({ s3PathStyle: true });
    client.middlewareStack.add(
      () => () => {
        throw Object.assign(new Error('UnknownError'), { name: '403', $metadata: { httpStatusCode: 403 } });
      },
      { step: 'build' },
    );
    const failed = await client
      .send(new HeadObjectCommand({ Bucket: 'host-holdout-runs', Key: 'x' }))
      .catch((e: unknown) => e);
    client.destroy();
    const { code, message } = await told(failed);
    assert.equal(code, 'BUCKET_UNUSABLE');
    assert.match(message, /^The bucket host-holdout-runs denies access to the key AKIAEXAMPLE/);
    assert.doesNotMatch(message, /UnknownError/);
  });

  it('that is none of a service stays as it is', async () => {
    const error = new RangeError('a fault of ours');
    assert.equal(await errorOfService(error), error);
  });
});
