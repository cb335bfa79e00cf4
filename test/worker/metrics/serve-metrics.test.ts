import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HoldoutError } from '../../../src/errors.ts';
import { serveMetrics } from '../../../src/worker/metrics/serve-metrics.ts';
import { WorkerMetrics } from '../../../src/worker/metrics/worker-metrics.ts';

describe('the metrics of a worker over HTTP', () => {
  const metrics = new WorkerMetrics();
  const poller: { outage: { cause: unknown; tries: number; since: number } | null } = { outage: null };
  let server: Server;
  let port = 0;
  before(async () => {
    metrics.followPoller(poller);
    server = await serveMetrics(metrics, { host: '127.0.0.1', port: 0 });
    ({ port } = server.address() as AddressInfo);
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  const fetched = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${port}${path}`, { method });
  const scrape = async (): Promise<string> => (await fetched('/metrics')).text();

  it('are Prometheus’s text under /metrics, and nothing else is served', async () => {
    const response = await fetched('/metrics?x=1');
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    assert.match(await response.text(), /^process_resident_memory_bytes \d+$/m);
    for (const path of ['/', '/metrics/', '/status']) assert.equal((await fetched(path)).status, 404, path);
    assert.equal((await fetched('/metrics', 'POST')).status, 405);
  });

  it('are shown to no web page: neither under a name that is not this machine’s nor with an origin', async () => {
    const statusFor = async (host: string, origin?: string, at = port): Promise<number | undefined> => {
      const headers = { host, ...(origin !== undefined && { origin }) };
      const sent = request({ host: '127.0.0.1', port: at, path: '/metrics', headers, agent: false }).end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    };
    for (const host of [
      `evil.example:${port}`,
      'evil.example',
      'localhost.evil.example:9464',
      '127.0.0.1.evil.example',
    ])
      assert.equal(await statusFor(host), 403, host);
    assert.equal(await statusFor(`127.0.0.1:${port}`, 'http://evil.example'), 403);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, '[::1]:9464'])
      assert.equal(await statusFor(host), 200, host);
    // A collector on another machine has its own name for this one.
    const open = await serveMetrics(metrics, { host: '0.0.0.0', port: 0 });
    assert.equal(await statusFor('worker:9464', undefined, (open.address() as AddressInfo).port), 200);
    open.close();
  });

  it('count calls, and have a series of throttled ones from the first call on', async () => {
    metrics.onCall('batch', 'SubmitJob', 'answered');
    const series = (result: string, value: number): string =>
      `holdout_aws_calls_total{service="batch",operation="SubmitJob",result="${result}"} ${value}`;
    const before = await scrape();
    for (const line of [series('answered', 1), series('throttled', 0)]) assert.ok(before.includes(line), line);
    metrics.onCall('batch', 'SubmitJob', 'throttled');
    assert.ok((await scrape()).includes(series('throttled', 1)), 'the throttled call');
  });

  it('show for how long Batch has not answered', async () => {
    assert.match(await scrape(), /^holdout_batch_outage_seconds 0$/m);
    poller.outage = { cause: new Error('no'), tries: 3, since: Date.now() - 90_000 };
    assert.match(await scrape(), /^holdout_batch_outage_seconds 9\d\.\d*$/m);
    poller.outage = null;
    assert.match(await scrape(), /^holdout_batch_outage_seconds 0$/m);
  });

  it('are refused with an error that names the address when the port is taken', async () => {
    await assert.rejects(
      serveMetrics(metrics, { host: '127.0.0.1', port }),
      (error) =>
        error instanceof HoldoutError &&
        error.code === 'METRICS_UNAVAILABLE' &&
        error.message.includes(`127.0.0.1:${port} (HOLDOUT_METRICS)`),
    );
  });
});
