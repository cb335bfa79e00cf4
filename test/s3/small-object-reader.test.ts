import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { GetObjectCommand, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { HttpRequest } from '@smithy/core/protocols';
import { fewRequests } from '../../src/s3/small-object-connections.ts';
import { SmallObjectReader } from '../../src/s3/small-object-reader.ts';
import { inParallel } from '../../src/in-parallel.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import { openS3Client } from '../../src/s3/s3-client.ts';
import { countRequests, type RequestCounter } from '../support/servers/request-counter.ts';
import { ownerAccount, startS3Server, type S3Server } from '../support/servers/s3-server.ts';

/** Keys as Holdout has them, and others that need escaping. */
const keys = ['c/canary:g4/1/claim', 'c/s/1/spec.json', "a b/+&=?#%41/ü/(1)!*'~.json"];

for (const [connections, before] of [
  ['over the connections of the SDK', 0],
  ['after a thousand requests, over connections of its own', fewRequests],
] as const)
  describe(`the lean reader, ${connections}`, () => readsAfter(before));

function readsAfter(requests: number): void {
  let s3: S3Server;
  let proxy: RequestCounter;
  let store: ObjectStore;
  let ambient: NodeJS.ProcessEnv;

  before(async () => {
    s3 = await startS3Server();
    proxy = await countRequests(s3.endpoint);
    ambient = process.env;
    process.env = { ...ambient, ...s3.environment, AWS_ENDPOINT_URL_S3: proxy.endpoint };
    store = new ObjectStore({ s3PathStyle: true, bucketOwner: ownerAccount });
    await inParallel(20, Array.from({ length: requests }), async () => {
      assert.equal(await store.find(s3.buckets.runs, 'absent'), undefined);
    });
  });
  after(async () => {
    process.env = ambient;
    proxy.close();
    await s3.stop();
  });

  /** What the store found, and the number of requests that it made. */
  async function found(key: string, from = store): Promise<{ text: string | undefined; requests: number }> {
    const before = proxy.seen.length;
    const body = await from.find(s3.buckets.runs, key);
    return { text: body?.toString('utf8'), requests: proxy.seen.length - before };
  }

  for (const key of keys) {
    it(`reads ${key} with one request that the server accepts`, async () => {
      await store.write(s3.buckets.runs, key, `at ${key}`);
      assert.deepEqual(await found(key), { text: `at ${key}`, requests: 1 });
      assert.equal(proxy.seen.at(-1)?.headers['x-amz-expected-bucket-owner'], ownerAccount);
    });
  }

  it('reads an empty object, and finds that there is none', async () => {
    await store.write(s3.buckets.runs, 'empty', '');
    assert.deepEqual(await found('empty'), { text: '', requests: 1 });
    assert.deepEqual(await found('absent'), { text: undefined, requests: 1 });
    await assert.rejects(store.find('no-such-bucket', 'absent'), { name: 'NoSuchBucket' });
  });

  it('leaves refused requests to the SDK, which tries again', async () => {
    await store.write(s3.buckets.runs, 'refused', 'in the end');
    proxy.refuse(503, 503, 500);
    assert.deepEqual(await found('refused'), { text: 'in the end', requests: 4 });
  });

  it('leaves large objects to the SDK', async () => {
    const large = 'x'.repeat(5 * 1024 * 1024);
    await store.write(s3.buckets.runs, 'large', large);
    assert.deepEqual(await found('large'), { text: large, requests: 2 });
  });

  it('says what the SDK says of another account’s bucket, and of wrong credentials', async () => {
    const elsewhere = new ObjectStore({ s3PathStyle: true, bucketOwner: '999999999999' });
    await assert.rejects(elsewhere.find(s3.buckets.runs, 'empty'), /Access ?Denied/i);
    const credentials = { accessKeyId: ownerAccount, secretAccessKey: 'wrong' };
    const stranger = new ObjectStore({ s3PathStyle: true }, { credentials });
    await assert.rejects(stranger.find(s3.buckets.runs, 'empty'), { name: 'SignatureDoesNotMatch' });
  });

  it('notices bytes that do not fit the checksum that S3 has of them', async () => {
    await store.write(s3.buckets.runs, 'changed', 'as written');
    writeFileSync(join(s3.data, s3.buckets.runs, 'changed'), 'as altered');
    await assert.rejects(found('changed'), { code: 'RECORD_CHANGED' });
  });
}

describe('the lean reader’s requests', () => {
  let ambient: NodeJS.ProcessEnv;
  before(() => {
    ambient = process.env;
    // Other tests of this process may have set endpoints.
    process.env = Object.fromEntries(Object.entries(ambient).filter(([name]) => !name.startsWith('AWS_')));
  });
  after(() => {
    process.env = ambient;
  });

  /** The requests of the SDK and of the lean reader for the same object. */
  async function requestsOf(
    given: S3ClientConfig,
    s3PathStyle: boolean,
  ): Promise<[sdk: HttpRequest, lean: HttpRequest]> {
    const requests: HttpRequest[] = [];
    const requestHandler = {
      handle: (request: HttpRequest) => {
        requests.push(request);
        const response = { statusCode: 200, headers: { 'content-length': '0' }, body: Readable.from([]) };
        return Promise.resolve({ response });
      },
    };
    const credentials = { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' };
    const settings = { s3PathStyle, bucketOwner: ownerAccount };
    const client = openS3Client(settings, { region: 'eu-central-1', credentials, ...given, requestHandler });
    await client.send(new GetObjectCommand({ Bucket: 'some-runs', Key: keys[2] }));
    assert.ok(await new SmallObjectReader(client, ownerAccount).find('some-runs', keys[2] ?? ''), 'it made a request');
    const [sdk, lean] = requests;
    assert.ok(sdk && lean && requests.length === 2, 'each made one request');
    return [sdk, lean];
  }

  it('leaves an object of which bytes are missing to the SDK', async () => {
    for (const [length, isWhole] of [
      ['4', true],
      ['5', false],
    ] as const) {
      const response = {
        statusCode: 200,
        headers: { 'content-length': length },
        body: Readable.from([Buffer.from('four')]),
      };
      const requestHandler = { handle: () => Promise.resolve({ response }) };
      const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
      const client = openS3Client({ s3PathStyle: true }, { region: 'eu-central-1', credentials, requestHandler });
      const body = await new SmallObjectReader(client, undefined).find('some-runs', 'key');
      assert.equal(body !== undefined, isWhole, `${length} bytes were promised`);
    }
  });

  for (const [what, given, pathStyle] of [
    ['AWS', {}, false],
    ['AWS by path', {}, true],
    ['AWS by dual stack', { useDualstackEndpoint: true }, false],
    ['AWS with FIPS', { useFipsEndpoint: true, region: 'us-gov-west-1' }, false],
    ['a server with a path of its own', { endpoint: 'https://s3.example.org:9000/store/' }, true],
  ] as const) {
    it(`go to the same place as the SDK’s for ${what}, with the same credentials, region and owner`, async () => {
      const [sdk, lean] = await requestsOf(given, pathStyle);
      for (const part of ['method', 'protocol', 'hostname', 'port', 'path'] as const)
        assert.equal(lean[part], sdk[part]);
      for (const name of ['host', 'x-amz-security-token', 'x-amz-expected-bucket-owner', 'x-amz-checksum-mode'])
        assert.equal(lean.headers[name], sdk.headers[name], name);
      const scopeOf = ({ headers }: HttpRequest) => /Credential=[^,]+/.exec(headers['authorization'] ?? '')?.[0];
      assert.ok(scopeOf(sdk), 'the SDK signs');
      assert.equal(scopeOf(lean), scopeOf(sdk));
    });
  }
});
