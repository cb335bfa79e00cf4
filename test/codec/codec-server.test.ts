import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listen } from '../../src/codec-server/listen.ts';
import { openCodecServer } from '../../src/codec-server/server.ts';
import { fromJson, toJson, type JsonPayload } from '../../src/codec-server/json-payload.ts';
import { newKeyFile, writeKeyFile } from '../../src/codec/key-file.ts';
import { KeyRing } from '../../src/codec/key-ring.ts';
import { openPayload, sealPayload } from '../../src/codec/sealed-payload.ts';
import { HoldoutError } from '../../src/errors.ts';

const token = 't'.repeat(43);
const json = (text: string) => ({ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(text) });

describe('the codec server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-codec-'));
  const seen: { path: string; headers: IncomingMessage['headers']; body: string }[] = [];
  let keys: KeyRing;
  let webUi: Server;
  let server: Server;
  let port: number;

  before(async () => {
    const file = join(folder, 'keys.json');
    writeKeyFile(file, newKeyFile());
    keys = new KeyRing(file);
    webUi = createServer((got, response) => {
      let body = '';
      got.on('data', (chunk: Buffer) => (body += chunk.toString()));
      got.on('end', () => {
        seen.push({ path: got.url ?? '', headers: got.headers, body });
        response.end(got.url?.includes('settings') ? '{"Version":"1","Codec":{"Endpoint":""}}' : 'the page');
      });
    });
    await once(webUi.listen(0, '127.0.0.1'), 'listening');
    const upstream = new URL(`http://127.0.0.1:${(webUi.address() as AddressInfo).port}`);
    server = openCodecServer(keys, { webUi: upstream, token });
    port = await listen(server, 0);
  });
  beforeEach(() => void (seen.length = 0));
  after(() => {
    server.close();
    webUi.close();
    rmSync(folder, { recursive: true });
  });

  const signedIn = { authorization: `Bearer ${token}` };

  /** Unlike fetch, lets a test choose Host and Origin. */
  const send = async (method: string, path: string, headers: Record<string, string> = {}, body?: object) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers: { host: `127.0.0.1:${port}`, ...headers } });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response as AsyncIterable<Buffer>) text += chunk.toString();
    return { status: response.statusCode, headers: response.headers, text };
  };
  const statusOf = async (...args: Parameters<typeof send>) => (await send(...args)).status;

  it('refuses every request without its token, with another host or from another page', async () => {
    const sealed = { payloads: [toJson(sealPayload(json('"secret"'), keys.current))] };
    const paths = ['/', '/codec/decode', '/codec/encode', '/api/v1/settings', '/api/v1/namespaces/n/workflows'];
    for (const path of paths) {
      assert.equal(await statusOf('POST', path, {}, sealed), 401, path);
      assert.equal(await statusOf('POST', path, { authorization: 'Bearer guessed' }, sealed), 401, path);
      assert.equal(await statusOf('POST', path, { ...signedIn, host: `evil.example:${port}` }, sealed), 403, path);
      assert.equal(await statusOf('POST', path, { ...signedIn, origin: 'http://evil.example' }, sealed), 403, path);
      assert.equal(await statusOf('POST', path, { ...signedIn, origin: 'null' }, sealed), 403, path);
      assert.equal(await statusOf('POST', `${path}?token=${token}`, {}, sealed), 401, path);
    }
    assert.deepEqual(seen, [], 'the Web UI saw nothing');
  });

  it('moves the token from the link into a cookie of this server', async () => {
    const { status, headers } = await send('GET', `/namespaces/n/workflows?query=a%3D1&token=${token}`);
    assert.deepEqual([status, headers.location], [303, '/namespaces/n/workflows?query=a%3D1']);
    const [cookie = ''] = headers['set-cookie'] ?? [];
    assert.match(cookie, /HttpOnly; SameSite=Strict/);
    const kept = [headers['cache-control'], headers['referrer-policy']];
    assert.deepEqual(kept, ['no-store', 'no-referrer'], 'no cache and no other page keeps it');
    const page = await send('GET', '/', { cookie: `_csrf=x; ${cookie.split(';')[0]}` });
    assert.deepEqual([page.status, page.text], [200, 'the page']);
    assert.equal(seen[0]?.headers.cookie, '_csrf=x', 'the token goes no further');
    for (const path of ['/x', '//evil.example/', '/.//evil.example/', '/%2e//evil.example/']) {
      const { location } = (await send('GET', `${path}?token=${token}`)).headers;
      assert.ok(location?.startsWith('/') && !location.startsWith('//'), `${path} leads to ${location}`);
    }
  });

  it('stops at a port that is taken, with the variable that names another one', async () => {
    await assert.rejects(listen(createServer(), port), (error: unknown) => {
      assert.ok(error instanceof HoldoutError, String(error));
      assert.equal(error.message, `Port ${port} (HOLDOUT_UI_PORT) is taken.`);
      assert.match(error.next, /HOLDOUT_UI_PORT=0/);
      return true;
    });
  });

  it('listens where a container’s port leads to, and refuses the same there', async () => {
    const open = openCodecServer(keys, { webUi: new URL('http://127.0.0.1:1'), token });
    const there = await listen(open, 0, '0.0.0.0');
    assert.equal((open.address() as AddressInfo).address, '0.0.0.0');
    const status = async (host: string): Promise<number> => {
      const sent = request({ host: '127.0.0.1', port: there, path: '/', headers: { host }, agent: false }).end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode ?? 0;
    };
    assert.deepEqual(
      [await status(`127.0.0.1:${there}`), await status(`172.18.0.5:${there}`), await status('web-ui:8233')],
      [401, 403, 403],
    );
    open.close();
  });

  it('decodes what is sealed and leaves the rest', async () => {
    const plain = toJson(json('"plain"'));
    const body = { payloads: [toJson(sealPayload(json('"secret"'), keys.current)), plain] };
    const { text } = await send('POST', '/codec/decode', signedIn, body);
    const [first, second] = (JSON.parse(text) as { payloads: JsonPayload[] }).payloads;
    assert.equal(Buffer.from(first?.data ?? '', 'base64').toString(), '"secret"');
    assert.deepEqual(second, plain);
    assert.equal(await statusOf('POST', '/codec/decode', signedIn, { payloads: [{ data: 1 }] }), 400);
    assert.equal(await statusOf('GET', '/codec/decode', signedIn), 405);
  });

  it('says what is wrong with a request that it cannot read', async () => {
    const fetched = await fetch(`http://127.0.0.1:${port}/codec/decode`, {
      method: 'POST',
      headers: signedIn,
      body: '{',
    });
    assert.deepEqual([fetched.status, await fetched.text()], [400, 'the body is not JSON\n']);
    assert.equal(await statusOf('POST', '/codec/decode', signedIn, { payloads: 1 }), 400);
    assert.equal(await statusOf('POST', '/api/v1/namespaces/%/workflows/w/signal/s', signedIn, {}), 400);
    assert.equal(await statusOf('GET', '/codec/decode', signedIn), 405);
  });

  it('passes requests on to the Web UI alone, whatever address they name, and never with its token', async () => {
    let asked = 0;
    const elsewhere = createServer((_, response) => void ((asked += 1), response.end('elsewhere')));
    await once(elsewhere.listen(0, '127.0.0.1'), 'listening');
    try {
      const { port: other } = elsewhere.address() as AddressInfo;
      const { text } = await send('GET', `http://127.0.0.1:${other}/page`, signedIn);
      assert.deepEqual([text, asked], ['the page', 0]);
      assert.equal(seen[0]?.headers.authorization, undefined);
    } finally {
      elsewhere.close();
    }
  });

  it('reads no body without end', async () => {
    const endless = `{"payloads":[]${' '.repeat(64 * 2 ** 20)}}`;
    const answer = await fetch(`http://127.0.0.1:${port}/codec/decode`, {
      method: 'POST',
      headers: signedIn,
      body: endless,
    }).then(
      ({ status }) => status,
      () => 'cut off',
    );
    assert.ok(answer === 400 || answer === 'cut off', `the answer is ${answer}`);
  });

  it('passes on no message that was sealed with another key', async () => {
    const file = join(folder, 'strangers.json');
    writeKeyFile(file, newKeyFile());
    const sealed = toJson(sealPayload(json('{"team":"a"}'), new KeyRing(file).current));
    const path = '/api/v1/namespaces/n/workflows/campaign%3Ac/signal/pauseTeam';
    assert.equal(await statusOf('POST', path, signedIn, { input: { payloads: [sealed] } }), 400);
    assert.deepEqual(seen, []);
  });

  it('names itself as the codec in the Web UI’s settings', async () => {
    const { text } = await send('GET', '/api/v1/settings?', signedIn);
    assert.deepEqual(JSON.parse(text), {
      Version: '1',
      Codec: { Endpoint: `http://127.0.0.1:${port}/codec`, PassAccessToken: false },
    });
  });

  it('seals signals and updates for the workflow that gets them, encoded before or not, with content or without', async () => {
    const encoded = await send('POST', '/codec/encode', signedIn, { payloads: [toJson(json('{"team":"a"}'))] });
    const { payloads } = JSON.parse(encoded.text) as { payloads: JsonPayload[] };
    const workflow = '/api/v1/namespaces/n/workflows/campaign%3Ac';
    await send('POST', `${workflow}/signal/pauseTeam`, signedIn, { input: { payloads } });
    await send('POST', `${workflow}/signal/pauseTeam`, signedIn, {
      input: { payloads: [toJson(json('{"team":"b"}'))] },
    });
    await send('POST', `${workflow}/signal/resumeCampaign`, signedIn, { input: null });
    const args = { payloads: [toJson(json('{"usd":1}'))] };
    await send('POST', `${workflow}/update/raiseBudget`, signedIn, {
      request: { input: { name: 'raiseBudget', args } },
    });
    const contents = seen.map(({ body }) => {
      const parsed = JSON.parse(body) as { input?: Arguments; request?: { input: { args: Arguments } } };
      const [payload] = (parsed.input ?? parsed.request?.input.args)?.payloads ?? [];
      const context = { type: 'workflow', namespace: 'n', workflowId: 'campaign:c' } as const;
      const opened = openPayload(fromJson(payload ?? {}), (id) => keys.find(id), context);
      return opened.kind === 'opened' ? Buffer.from(opened.payload.data ?? []).toString() : opened.reason;
    });
    assert.deepEqual(contents, ['{"team":"a"}', '{"team":"b"}', '{}', '{"usd":1}']);
  });
});

interface Arguments {
  payloads: JsonPayload[];
}
