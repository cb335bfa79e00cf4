import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Context } from '@temporalio/activity';
import { HoldoutError } from '../../../src/errors.ts';
import { loadSettings } from '../../../src/settings.ts';
import { ShownLog } from '../../../src/worker/shown-log.ts';
import { activitySpans } from '../../../src/worker/tracing/activity-spans.ts';
import { openTracing, type Tracing } from '../../../src/worker/tracing/open-tracing.ts';
import { WorkflowRuns } from '../../../src/worker/workflow-runs.ts';
import { eventually } from '../../support/eventually.ts';

/** OTLP/JSON, as far as it is read here. */
interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
  status: { code: number; message?: string };
}
interface Request {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: Span[] }[];
  }[];
}

describe('traces of activities', () => {
  let server: Server;
  let tracing: Tracing;
  let status = 200;
  const requests: { url: string | undefined; body: Request }[] = [];
  const changes: unknown[] = [];
  let refused = 0;

  before(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
        if (status !== 200) refused += 1;
        else requests.push({ url: request.url, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as Request });
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  beforeEach(() => {
    requests.length = 0;
    changes.length = 0;
    refused = 0;
    status = 200;
    const { traces } = loadSettings({ HOLDOUT_TRACES: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    tracing = openTracing(traces ?? '', (failure) => void changes.push(failure));
  });
  afterEach(() => tracing.close());

  const pseudonym = { team: 'team-q3x9b', submission: 'team-q3x9b/1' };
  const row = { submission: 'big-model', team: 'deep-pockets', teamName: 'Deep Pockets', pseudonym };
  const parts = {
    frozen: { teamNames: 'pseudonyms', instanceClasses: [] },
    manifest: { teams: [{ ...row, submissions: [row] }] },
  };
  const shown = new ShownLog(
    {
      known: () => parts as unknown as ReturnType<ConstructorParameters<typeof ShownLog>[0]['known']>,
      knownCampaigns: () => ['final'],
    },
    new WorkflowRuns(),
  );

  /** Runs an activity of a submission's workflow. */
  async function run(change: { runId?: string; activityId?: string; aborted?: boolean }, work: () => Promise<unknown>) {
    const { runId = 'run-1', activityId = '3', aborted = false } = change;
    const workflowExecution = { workflowId: 'submission:final:big-model', runId };
    const info = {
      activityType: 'awaitBatchJob',
      activityId,
      attempt: 2,
      taskQueue: 'holdout-await',
      workflowExecution,
    };
    const context = { info, cancellationSignal: { aborted } } as unknown as Context;
    const { inbound } = activitySpans(tracing.tracer, shown)(context);
    return inbound?.execute?.({ args: [{ n: 7 }], headers: {} }, work);
  }

  const exported = async (): Promise<Span[]> => {
    await tracing.close();
    return requests.flatMap(({ body }) =>
      body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    );
  };
  const attributesOf = ({ attributes }: Span): Record<string, unknown> =>
    Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));

  it('reach the collector at its usual path, with what the step is about and no real name', async () => {
    const before = Date.now();
    assert.equal(await run({}, () => Promise.resolve('result')), 'result');
    const [span, ...others] = await exported();
    assert.ok(span, 'a span');
    assert.deepEqual(others, []);
    assert.equal(requests[0]?.url, '/v1/traces');
    const service = requests[0]?.body.resourceSpans[0]?.resource.attributes.find(({ key }) => key === 'service.name');
    assert.equal(service?.value.stringValue, 'holdout-worker');
    assert.equal(span.name, 'awaitBatchJob');
    assert.deepEqual(attributesOf(span), {
      temporalWorkflowID: 'submission:final:team-q3x9b/1',
      temporalRunID: 'run-1',
      temporalActivityID: '3',
      'temporal.attempt': 2,
      'temporal.task_queue': 'holdout-await',
      'holdout.campaign': 'final',
      'holdout.submission': 'team-q3x9b/1',
      'holdout.run': 7,
    });
    assert.ok(
      Number(span.startTimeUnixNano) / 1e6 >= before - 1 && span.endTimeUnixNano >= span.startTimeUnixNano,
      'times',
    );
    assert.doesNotMatch(JSON.stringify(requests), /big-model|deep/i);
  });

  it('put the steps of a workflow into one trace, also those of another worker, and of another workflow into another', async () => {
    await run({ activityId: '1' }, () => Promise.resolve());
    const first = await exported();
    tracing = openTracing(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`, () => undefined);
    await run({ activityId: '2' }, () => Promise.resolve());
    await run({ runId: 'run-2' }, () => Promise.resolve());
    const [one, two, other] = await exported();
    assert.ok(first.length === 1 && one && two && other, 'three spans');
    assert.match(one.traceId, /^[\da-f]{32}$/);
    assert.equal(two.traceId, one.traceId);
    assert.equal(two.parentSpanId, one.parentSpanId);
    assert.notEqual(two.spanId, one.spanId);
    assert.notEqual(other.traceId, one.traceId);
  });

  it('say that a step failed and why, without a name, unless it was cancelled', async () => {
    const fail = (): Promise<unknown> => Promise.reject(new TypeError('no image of Deep Pockets'));
    await assert.rejects(run({}, fail), /Deep Pockets/, 'the error itself is not changed');
    await assert.rejects(run({ aborted: true }, fail));
    const [failed, cancelled] = await exported();
    assert.ok(failed && cancelled, 'two spans');
    assert.deepEqual(failed.status, { code: 2, message: 'no image of team-q3x9b' });
    assert.equal(attributesOf(failed)['error.type'], 'TypeError');
    assert.equal(cancelled.status.code, 0);
  });

  it('report once that the collector is away, and once that it is back', async () => {
    status = 400;
    for (const round of [1, 2]) {
      await run({}, () => Promise.resolve());
      await eventually(`export ${round} fails`, () => refused === round);
    }
    status = 200;
    await run({}, () => Promise.resolve());
    await eventually('the collector is back', () => changes.length === 2);
    assert.ok(changes[0] instanceof Error, 'why it failed');
    assert.equal(changes[1], null);
  }).timeout(90_000);

  it('never hold up a worker whose collector does not answer', async () => {
    await run({}, () => Promise.resolve());
    server.close();
    server.closeAllConnections();
    const before = Date.now();
    await tracing.close();
    assert.ok(Date.now() - before < 20_000, 'it gives up');
  }).timeout(60_000);
});

describe('HOLDOUT_TRACES', () => {
  for (const [given, url] of [
    ['http://127.0.0.1:4318', 'http://127.0.0.1:4318/v1/traces'],
    ['https://collector.example/', 'https://collector.example/v1/traces'],
    ['https://collector.example/otlp/v1/traces', 'https://collector.example/otlp/v1/traces'],
  ] as const)
    it(`${given} means ${url}`, () => assert.equal(loadSettings({ HOLDOUT_TRACES: given }).traces, url));

  for (const given of ['127.0.0.1:4318', 'collector', '4318', 'grpc://collector:4317', 'http://'])
    it(`${given} is refused`, () => {
      assert.throws(
        () => loadSettings({ HOLDOUT_TRACES: given }),
        (error) => error instanceof HoldoutError && error.code === 'SETTING_INVALID',
      );
    });

  it('is off when it is unset or empty', () => {
    assert.equal(loadSettings({}).traces, undefined);
    assert.equal(loadSettings({ HOLDOUT_TRACES: '' }).traces, undefined);
  });
});
