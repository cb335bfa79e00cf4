import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { HttpRequest } from '@smithy/core/protocols';
import { openS3Client } from '../../src/s3/s3-client.ts';
import { SmallObjectConnections } from '../../src/s3/small-object-connections.ts';

describe('connections for small objects', () => {
  const maxBytes = 5;
  let server: Server;
  let bySdk: number;
  let connections: SmallObjectConnections;

  before(async () => {
    server = createServer(({ url = '' }, response) => {
      if (url === '/broken') {
        response.writeHead(200, { 'content-length': '5' }).write('bro', () => response.destroy());
        return;
      }
      // As S3 writes its errors, and a large one.
      if (url === '/404' || url === '/503') {
        response.writeHead(Number(url.slice(1)), { 'x-of': url }).end(url === '/404' ? url : 'x'.repeat(100));
        return;
      }
      const headers = { 'content-length': String(url.length), 'x-of': url };
      response.writeHead(200, headers).end(url);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    bySdk = 0;
    const handle = ({ path }: HttpRequest) => {
      bySdk += 1;
      const headers = { 'content-length': String(path.length), 'x-of': path };
      return Promise.resolve({ response: { statusCode: 200, headers, body: Readable.from([Buffer.from(path)]) } });
    };
    const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
    const client = openS3Client({ s3PathStyle: true }, { credentials, requestHandler: { handle } });
    connections = new SmallObjectConnections(client, maxBytes, 2);
  });

  const send = async (path: string): Promise<unknown> => {
    const { port } = server.address() as AddressInfo;
    const request = new HttpRequest({
      method: 'GET',
      protocol: 'http:',
      hostname: '127.0.0.1',
      port,
      path,
      headers: {},
    });
    const { status, headers, body } = await connections.send(request);
    return [status, headers['x-of'], body?.toString()];
  };

  it('are those of the SDK’s client for the first requests, then others; both return the same', async () => {
    for (const _ of [1, 2, 3, 4]) {
      assert.deepEqual(await send('/some'), [200, '/some', '/some']);
      assert.deepEqual(await send('/large'), [200, '/large', undefined]);
    }
    assert.equal(bySdk, 2);
  });

  it('pass on the body of a refusal, and fail if the response breaks off', async () => {
    await Promise.all([send('/one'), send('/two')]);
    await assert.rejects(send('/broken'));
    assert.deepEqual(await send('/404'), [404, '/404', '/404']);
    assert.deepEqual(await send('/503'), [503, '/503', undefined]);
    assert.deepEqual(await send('/four'), [200, '/four', '/four']);
    assert.equal(bySdk, 2);
  });
});
