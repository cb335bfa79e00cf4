import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../support/eventually.ts';
import { SimulatedHome } from '../../support/campaigns/simulated-home.ts';

interface Span {
  traceId: string;
  name: string;
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
}

describe('the traces of a campaign', function () {
  this.timeout(180_000);
  const home = new SimulatedHome({ teams: [1], slots: { g4: 1, p3: 1 }, budgetUsd: 1_000, blind: true });
  const ambient = process.env['HOLDOUT_TRACES'];
  const spans: Span[] = [];
  let sent = '';
  const collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      sent += text;
      const { resourceSpans } = JSON.parse(text) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');

  after(async () => {
    if (ambient === undefined) delete process.env['HOLDOUT_TRACES'];
    else process.env['HOLDOUT_TRACES'] = ambient;
    await home.remove();
    collector.close();
    collector.closeAllConnections();
  });

  const attribute = ({ attributes }: Span, name: string): unknown => {
    const value = attributes.find(({ key }) => key === name)?.value;
    return value?.stringValue ?? value?.intValue;
  };
  const ofSubmission = (): Span[] => spans.filter((span) => attribute(span, 'holdout.submission') !== undefined);

  it('have every step of a submission in one trace, those of the scorer too', async () => {
    if (!collector.listening) await once(collector, 'listening');
    process.env['HOLDOUT_TRACES'] = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    await home.open();
    await home.begin();
    const steps = ['openSubmission', 'pullImage', 'submitBatchJob', 'awaitBatchJob', 'scoreOutput', 'recordResult'];
    await eventually(
      'every step has its span',
      () => steps.every((step) => ofSubmission().some(({ name }) => name === step)),
      { withinMs: 120_000 },
    );
    assert.equal(new Set(ofSubmission().map(({ traceId }) => traceId)).size, 1);
    const runs = ofSubmission().flatMap((span) =>
      span.name === 'awaitBatchJob' ? [attribute(span, 'holdout.run')] : [],
    );
    assert.deepEqual(runs, [1, 2], 'a probe and an evaluation');
  });

  it('have the campaign’s own steps in another trace, and its canaries in theirs', () => {
    const traceOf = (name: string): string | undefined => spans.find((span) => span.name === name)?.traceId;
    const traces = ['takeStock', 'submitCanary', 'scoreOutput'].map(traceOf);
    assert.ok(
      traces.every((trace) => trace !== undefined),
      traces.join(),
    );
    assert.equal(new Set(traces).size, 3);
  });

  it('name no team and no submission', () => {
    assert.ok(sent.length > 1_000, `${sent.length} characters`);
    assert.doesNotMatch(sent, /canary-\d|ZZ Canary|model-\d/i);
    assert.match(sent, /"team-\w{5}\/1"/);
  });
});
