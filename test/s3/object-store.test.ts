import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { retryFor } from '../../src/retry-for.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import { openS3Client } from '../../src/s3/s3-client.ts';
import { sha256 } from '../../src/sha256.ts';
import { countRequests, type RequestCounter } from '../support/servers/request-counter.ts';
import { ownerAccount, startS3Server, type S3Server } from '../support/servers/s3-server.ts';

const stranger = '999999999999';
const ownerHeader = 'x-amz-expected-bucket-owner';
/** Above the sizes from which the store uploads in parts. */
const largeBytes = 65 * 1024 * 1024;

describe('object store', () => {
  let s3: S3Server;
  let proxy: RequestCounter;
  let folder: string;
  let ambient: NodeJS.ProcessEnv;

  before(async () => {
    s3 = await startS3Server();
    proxy = await countRequests(s3.endpoint);
    folder = await mkdtemp(join(tmpdir(), 'holdout-object-store-'));
    ambient = process.env;
    process.env = { ...ambient, ...s3.environment, AWS_ENDPOINT_URL_S3: proxy.endpoint };
  });

  after(async () => {
    process.env = ambient;
    proxy.close();
    await s3.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const fileOf = async (name: string, content: string | Buffer): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };

  it('names the expected owner in every request, those of an upload in parts included', async () => {
    const store = new ObjectStore({ s3PathStyle: true, bucketOwner: ownerAccount });
    const { runs } = s3.buckets;
    const [small, large] = [await fileOf('small', 'small'), await fileOf('large', Buffer.alloc(largeBytes))];
    const before = proxy.seen.length;
    await store.write(runs, 'a', 'a');
    await store.writeIfAbsent(runs, 'b', 'b');
    await store.writeOnce(runs, 'b', 'b');
    await store.upload(runs, 'c', small, sha256('small'));
    await store.uploadIfAbsent(runs, 'd', large);
    await store.size(runs, 'd');
    await store.digest(runs, 'c');
    await store.download(runs, 'c', join(folder, 'copy'));
    for await (const key of store.list(runs, '')) assert.ok(key);
    const client = openS3Client({ s3PathStyle: true, bucketOwner: ownerAccount });
    await client.send(new HeadBucketCommand({ Bucket: runs }));
    client.destroy();
    const seen = proxy.seen.slice(before);
    const methods = new Set(seen.map(({ method, path }) => `${method}${path.includes('uploadId') ? ' part' : ''}`));
    assert.deepEqual([...methods].sort(), ['GET', 'HEAD', 'POST', 'POST part', 'PUT', 'PUT part']);
    const without = seen.filter(({ headers }) => headers[ownerHeader] !== ownerAccount);
    assert.deepEqual(without, []);
  });

  it('makes no object of a file that has other bytes than expected, small or in parts', async () => {
    const store = new ObjectStore({ s3PathStyle: true });
    const { runs } = s3.buckets;
    const contents = { 'one-request': Buffer.from('now'), 'in-parts': Buffer.alloc(largeBytes, 'now') };
    for (const [key, content] of Object.entries(contents)) {
      const file = await fileOf(key, content);
      await assert.rejects(store.upload(runs, key, file, sha256('before')), { name: 'FileChangedError' });
      assert.equal(await store.size(runs, key), undefined);
      await store.upload(runs, key, file, sha256(content));
      assert.deepEqual(await store.digest(runs, key), { bytes: content.length, sha256: sha256(content) });
    }
    await assert.rejects(store.upload(runs, 'gone', join(folder, 'gone'), sha256('')), { code: 'ENOENT' });
  });

  it('touches no bucket of another account', async () => {
    const store = new ObjectStore({ s3PathStyle: true, bucketOwner: stranger });
    const { inputs } = s3.buckets;
    const file = await fileOf('labels', 'secret');
    const denied = (error: unknown): boolean =>
      (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 403;
    await assert.rejects(store.upload(inputs, 'labels', file, sha256('secret')), denied);
    await assert.rejects(store.write(inputs, 'labels', 'secret'), denied);
    await assert.rejects(store.writeIfAbsent(inputs, 'labels', 'secret'), denied);
    await assert.rejects(store.find(inputs, 'labels'), denied);
    await assert.rejects(store.size(inputs, 'labels'), denied);
    assert.equal(await new ObjectStore({ s3PathStyle: true }).size(inputs, 'labels'), undefined);
  });

  it('tells whether an object exists, without reading it and despite longer keys that begin alike', async () => {
    const store = new ObjectStore({ s3PathStyle: true });
    const { labels } = s3.buckets;
    await store.write(labels, 'a/labels.csv.old', 'old');
    const before = proxy.seen.length;
    assert.equal(await store.exists(labels, 'a/labels.csv'), false);
    await store.write(labels, 'a/labels.csv', 'new');
    assert.equal(await store.exists(labels, 'a/labels.csv'), true);
    assert.equal(await store.exists(labels, 'a/lab'), false);
    const reads = proxy.seen
      .slice(before)
      .filter(({ method, path }) => method !== 'PUT' && path.includes('labels.csv?'));
    assert.deepEqual(reads, []);
  });

  it('names no owner if none is set, as for S3 servers outside AWS', async () => {
    const before = proxy.seen.length;
    await new ObjectStore({ s3PathStyle: true }).size(s3.buckets.runs, 'absent');
    assert.deepEqual(
      proxy.seen.slice(before).map(({ headers }) => headers[ownerHeader]),
      [undefined],
    );
  });

  for (const [what, bytes] of [
    ['one request', 5],
    ['parts', largeBytes],
  ] as const) {
    it(`uploads a file in ${what} only once, with If-None-Match on the request that creates the object`, async () => {
      const store = new ObjectStore({ s3PathStyle: true });
      const key = `once-${bytes}`;
      const before = proxy.seen.length;
      // As runners do: a server that refuses a request may close the connection before its response is read.
      const upload = (file: string): Promise<boolean> =>
        retryFor(() => store.uploadIfAbsent(s3.buckets.runs, key, file), { limit: 30_000 });
      assert.equal(await upload(await fileOf('one', Buffer.alloc(bytes, 1))), true);
      assert.equal(await upload(await fileOf('two', Buffer.alloc(bytes, 2))), false);
      const creating = proxy.seen
        .slice(before)
        .filter(({ method, path }) => /PUT (?!.*partNumber=)|POST .*uploadId=/.test(`${method} ${path}`));
      assert.ok(creating.length >= 2, 'each upload has one, and one more for each lost response');
      assert.ok(creating.every(({ headers }) => headers['if-none-match'] === '*'));
      const first = await store.read(s3.buckets.runs, key);
      assert.equal(first.equals(Buffer.alloc(bytes, 1)), true);
    });
  }
});
