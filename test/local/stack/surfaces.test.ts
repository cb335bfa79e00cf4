import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { Client } from '@temporalio/client';
import type { Stack } from '../../../src/local/stack/open-stack.ts';
import { browserRefusedPorts } from '../../../src/local/stack/parts/browser-refused-ports.ts';
import { withTemporal } from '../../../src/local/stack/parts/health.ts';
import { httpApiHost } from '../../../src/local/stack/parts/temporal.ts';
import { listenersOf } from './listeners.ts';
import { StackRig } from './stack-rig.ts';

const evil = 'evil.example';
const workflowId = 'for-pages-to-terminate';

/** What web pages of strangers can do to the servers of a stack, from a browser on this machine. */
describe('the ports of an embedded stack, for a web page', () => {
  const rig = new StackRig();
  let stack: Stack;
  let ports: { part: string; port: number }[];

  before(async () => {
    await rig.prepare();
    stack = await rig.open();
    ports = ['temporal', 's3', 'web-ui', 'batch'].flatMap((part) =>
      listenersOf([rig.pidOf(part)])
        .filter(({ protocol }) => protocol.startsWith('tcp'))
        .map(({ port }) => ({ part, port })),
    );
    await withTemporal(stack.endpoints.temporal, async (connection) => {
      const { workflow } = new Client({ connection, namespace: rig.namespace });
      await workflow.start('idle', { workflowId, taskQueue: 'nobody' });
    });
  });
  after(async () => {
    await stack.close();
    rig.remove();
  });

  const terminate = () => `/api/v1/namespaces/${rig.namespace}/workflows/${workflowId}/terminate`;

  /** As curl would: browsers send no foreign Host but under that name, and no foreign Origin but from that page. */
  async function send(port: number, path: string, headers: Record<string, string>, method = 'GET') {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false });
    sent.end(method === 'POST' ? '{}' : undefined);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 0, body: await text(response) };
  }

  const isRunning = () =>
    withTemporal(stack.endpoints.temporal, async (connection) => {
      const { workflow } = new Client({ connection, namespace: rig.namespace });
      return (await workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
    });

  /** The first line of the response to an HTTP/1.1 request, which is what browsers speak without TLS. */
  async function statusLine(port: number, lines: readonly string[]): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(5_000, () => socket.destroy());
    socket.write([...lines, 'Connection: close', 'Content-Length: 2', '', '{}'].join('\r\n'));
    let seen = '';
    socket.on('data', (chunk: Buffer) => (seen += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.on('close', resolve));
    return seen.split('\r\n')[0] ?? '';
  }

  it('refuse a foreign Host and a foreign Origin, do not speak HTTP/1.1, or are refused by every browser', async () => {
    const counts = { refused: 0, silent: 0, unreachable: 0 };
    for (const { part, port } of ports) {
      if (browserRefusedPorts.includes(port)) {
        const page = fetch(`http://127.0.0.1:${port}/`);
        await assert.rejects(page, (error: Error) => /bad port/.test(String(error.cause)), `${part} ${port}`);
        counts.unreachable += 1;
        continue;
      }
      for (const path of ['/', terminate(), '/v1/submitjob', '/metrics', '/holdout-labels/?list-type=2']) {
        for (const [host, origin] of [
          [`${evil}:${port}`, `http://${evil}:${port}`],
          [`${evil}:${port}`, undefined],
          [`127.0.0.1:${port}`, `https://${evil}`],
          [`127.0.0.1:${port}`, 'null'],
        ] as const) {
          const head = [`POST ${path} HTTP/1.1`, `Host: ${host}`, 'Content-Type: text/plain'];
          const line = await statusLine(port, origin === undefined ? head : [...head, `Origin: ${origin}`]);
          const [, status] = /^HTTP\/1\.\d (\d+)/.exec(line) ?? [];
          assert.ok(
            status === undefined || status.startsWith('4'),
            `${part} ${port} ${path} ${host} ${origin}: ${line}`,
          );
          counts[status === undefined ? 'silent' : 'refused'] += 1;
        }
      }
    }
    // Web UI, HTTP API and metrics of Temporal; S3, Batch and the codec server; gRPC of Temporal's frontend, history and matching.
    assert.deepEqual([counts.unreachable, counts.refused / 20, counts.silent / 20], [3, 3, 3], JSON.stringify(ports));
    assert.ok(await isRunning(), 'nothing was terminated');
  });

  it('of the HTTP API respond to no Host that an address can have, and to their own', async () => {
    const port = portOf('--http-port');
    for (const [host, origin] of [
      [`${evil}:${port}`, `http://${evil}:${port}`],
      [`127.0.0.1:${port}`, `http://${evil}`],
      [`localhost:${port}`, undefined],
      ['holdout', undefined],
    ] as const) {
      const headers = { host, ...(origin !== undefined && { origin }), 'content-type': 'text/plain' };
      const { status, body } = await send(port, terminate(), headers, 'POST');
      assert.equal(status, 403, `${host} ${origin}`);
      assert.match(body, /Host not allowed/);
    }
    assert.ok(await isRunning(), 'nothing was terminated');
    assert.equal(URL.canParse(`http://${httpApiHost}:${port}/`), false, 'no page can have this host');
    const own = { host: httpApiHost, 'content-type': 'text/plain' };
    assert.equal((await send(port, terminate(), own, 'POST')).status, 200, 'the request itself is good');
    assert.ok(!(await isRunning()), 'and works');
  });

  it('of Temporal’s Web UI and its metrics check no Host, so they are such that no browser opens them', async () => {
    for (const [flag, path] of [
      ['--ui-port', `/api/v1/namespaces/${rig.namespace}`],
      ['--metrics-port', '/metrics'],
    ] as const) {
      const port = portOf(flag);
      assert.ok(browserRefusedPorts.includes(port), `${flag} ${port}`);
      assert.equal((await send(port, path, { host: `${evil}:${port}` })).status, 200, `${flag} checks Host now`);
    }
  });

  it('of the codec server show the Web UI to whoever has the token, and to nobody with a foreign Host or Origin', async () => {
    const link = new URL(stack.endpoints.uiLink);
    const port = Number(link.port);
    const authorization = `Bearer ${link.searchParams.get('token')}`;
    const [path, host] = [`/api/v1/namespaces/${rig.namespace}`, link.host];
    assert.equal((await send(port, path, { host, authorization })).status, 200);
    assert.equal((await send(port, '/api/v1/settings', { host, authorization })).status, 200);
    assert.equal((await send(port, path, { host: `${evil}:${port}`, authorization })).status, 403);
    assert.equal((await send(port, path, { host, origin: `http://${evil}`, authorization })).status, 403);
    assert.equal((await send(port, path, { host })).status, 401);
  });

  function portOf(flag: string): number {
    const words = readFileSync(`/proc/${rig.pidOf('temporal')}/cmdline`, 'utf8').split('\0');
    const port = words.find((word) => word.startsWith(`${flag}=`))?.split('=')[1];
    return Number(port ?? assert.fail(`there is ${flag}`));
  }
});
