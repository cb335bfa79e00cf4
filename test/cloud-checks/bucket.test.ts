import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { checkBucket } from '../../src/cloud-checks/bucket.ts';

describe('the check of a bucket', () => {
  let server: Server;
  let client: S3Client;
  let status: { head: number; list: number };
  before(async () => {
    server = createServer(({ method }, response) => {
      response.writeHead(method === 'HEAD' ? status.head : status.list, { 'content-type': 'application/xml' });
      response.end('<ListBucketResult/>');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
    client = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true, maxAttempts: 1 });
  });
  after(() => {
    client.destroy();
    server.close();
    server.closeAllConnections();
  });

  const check = (): Promise<void> =>
    checkBucket(client, 'runs', undefined, { region: 'us-east-1', accessKeyId: 'key', effect: '' });

  it('finds nothing wrong if S3 accepts it', async () => {
    status = { head: 200, list: 200 };
    await check();
  });

  for (const head of [500, 502, 503])
    it(`calls S3 out of reach, and no right missing, if it responds with ${head} and accepts a list a moment later`, async () => {
      status = { head, list: 200 };
      await assert.rejects(check(), { code: 'S3_UNREACHABLE', message: new RegExp(`: HTTP status ${head}; `) });
    });

  it('calls a right missing if S3 refuses the bucket alone', async () => {
    status = { head: 403, list: 200 };
    await assert.rejects(check(), { code: 'BUCKET_UNUSABLE', message: /denies access to the key key/ });
  });
});
