import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { DescribeJobsCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import type { CallResult, OnCall } from '../../src/metrics/aws-calls.ts';
import { openBatchClients } from '../../src/batch/batch-clients.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';

const serviceEnvironment = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
} as const;

/** What the server says next: a status, and the name of an error. */
type Reply = readonly [status: number, error?: string];

describe('calls to AWS, as a worker counts them', () => {
  let server: Server;
  let endpoint = '';
  let ambient: NodeJS.ProcessEnv;
  const replies: Reply[] = [];
  const seen: [service: string, operation: string, result: CallResult][] = [];
  const onCall: OnCall = (...call) => void seen.push(call);

  before(async () => {
    server = createServer((request, response) => {
      request.resume().on('end', () => {
        const [status, error] = replies.shift() ?? [200];
        const isS3 = request.method === 'GET';
        const body = isS3 ? `<Error><Code>${error}</Code></Error>` : JSON.stringify({ jobId: '1', jobName: 'j' });
        const length = { 'content-length': Buffer.byteLength(body) };
        response.writeHead(status, { ...length, ...(error && !isS3 && { 'x-amzn-errortype': error }) }).end(body);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object', 'it listens');
    endpoint = `http://127.0.0.1:${address.port}`;
    ambient = process.env;
    process.env = { ...ambient, ...serviceEnvironment, AWS_ENDPOINT_URL_BATCH: endpoint };
  });
  after(() => {
    process.env = ambient;
    server.close();
    server.closeAllConnections();
  });
  beforeEach(() => {
    replies.length = 0;
    seen.length = 0;
  });

  const submit = (): Promise<unknown> =>
    openBatchClients({ onCall })
      .submitter.send(new SubmitJobCommand({ jobName: 'j', jobQueue: 'q', jobDefinition: 'd' }))
      .catch(() => undefined);

  for (const [what, reply, result] of [
    ['an accepted SubmitJob', [200], 'answered'],
    ['a refused SubmitJob', [403, 'AccessDeniedException'], 'answered'],
    ['a SubmitJob of too many', [429, 'TooManyRequestsException'], 'throttled'],
    ['one that is throttled with 400', [400, 'ThrottlingException'], 'throttled'],
    ['one that Batch failed', [500, 'ServerException'], 'failed'],
    ['one that a gateway failed', [502], 'failed'],
  ] as const) {
    it(`${what} counts as ${result}`, async () => {
      replies.push(reply);
      await submit();
      assert.deepEqual(seen, [['batch', 'SubmitJob', result]]);
    });
  }

  it('count every repetition that the SDK makes', async () => {
    replies.push([429, 'TooManyRequestsException'], [500, 'ServerException'], [200]);
    await openBatchClients({ onCall }).batch.send(new DescribeJobsCommand({ jobs: ['1'] }));
    assert.deepEqual(
      seen.map(([, operation, result]) => [operation, result]),
      [
        ['DescribeJobs', 'throttled'],
        ['DescribeJobs', 'failed'],
        ['DescribeJobs', 'answered'],
      ],
    );
  }).timeout(30_000);

  const find = async (): Promise<unknown> => {
    const store = new ObjectStore({ s3PathStyle: true }, { endpoint }, onCall);
    return store.find('bucket', 'key').catch(() => undefined);
  };

  it('count S3’s SlowDown as throttled, for the small read and for the SDK’s that follows it', async () => {
    replies.push([503, 'SlowDown'], [503, 'SlowDown'], [404, 'NoSuchKey']);
    assert.equal(await find(), undefined);
    assert.deepEqual(seen, [
      ['s3', 'GetObject', 'throttled'],
      ['s3', 'GetObject', 'throttled'],
      ['s3', 'GetObject', 'answered'],
    ]);
  }).timeout(30_000);

  it('count a missing object as answered, and no response as failed', async () => {
    replies.push([404, 'NoSuchKey']);
    await find();
    assert.deepEqual(seen, [['s3', 'GetObject', 'answered']]);
    seen.length = 0;
    process.env['AWS_ENDPOINT_URL_BATCH'] = 'http://127.0.0.1:1';
    await submit();
    assert.deepEqual(seen, [['batch', 'SubmitJob', 'failed']]);
  });
});
