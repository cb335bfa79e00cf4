import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A registry on loopback that keeps its images in memory and supports skopeo's push and pull. */
export interface TestRegistry {
  /** `127.0.0.1:<port>` */
  host: string;
  /** The number of blobs and manifests that it received. */
  pushes: () => number;
  /** Stores a blob or manifest without a client, under its digest and optionally a tag. */
  put: (content: Buffer) => void;
  tag: (repository: string, tag: string, manifest: Buffer) => void;
  untag: (repository: string, tag: string) => void;
  /** Makes a repository require credentials, which do not exist, until it is shown again. */
  hide: (repository: string, isHidden: boolean) => void;
  close: () => Promise<void>;
}

/** Starts the registry; a separate HOME for this process makes skopeo use plain HTTP with it. */
export async function startRegistry(): Promise<TestRegistry> {
  const stored = new Map<string, Buffer>();
  const uploads = new Map<string, Buffer>();
  const hidden = new Set<string>();
  let pushes = 0;
  const server = createServer((request, response) => {
    void answer(request, response, { stored, uploads, hidden, pushed: () => (pushes += 1) });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const home = mkdtempSync(join(tmpdir(), 'registry-'));
  mkdirSync(join(home, '.config/containers'), { recursive: true });
  const before = process.env['HOME'];
  writeFileSync(
    join(home, '.config/containers/registries.conf'),
    `[[registry]]\nlocation = "${host}"\ninsecure = true\n`,
  );
  process.env['HOME'] = home;
  return {
    host,
    pushes: () => pushes,
    put: (content) => stored.set(digestOf(content), content),
    tag: (repository, tag, manifest) => stored.set(`/v2/${repository}/manifests/${tag}`, manifest),
    untag: (repository, tag) => stored.delete(`/v2/${repository}/manifests/${tag}`),
    hide: (repository, isHidden) => hidden[isHidden ? 'add' : 'delete'](`/v2/${repository}/`),
    close: async () => {
      if (before === undefined) delete process.env['HOME'];
      else process.env['HOME'] = before;
      rmSync(home, { recursive: true });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface State {
  stored: Map<string, Buffer>;
  uploads: Map<string, Buffer>;
  /** Path prefixes. */
  hidden: Set<string>;
  pushed: () => number;
}

/** The media type that a manifest states. */
const typeOf = (manifest: Buffer | undefined): string =>
  /"mediaType":"([^"]+)"/.exec(manifest?.toString('utf8') ?? '')?.[1] ?? 'application/vnd.oci.image.manifest.v1+json';

const digestOf = (body: Buffer): string => `sha256:${createHash('sha256').update(body).digest('hex')}`;

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md */
async function answer(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://registry');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const [, kind = ''] = /\/(blobs\/uploads|blobs|manifests)\//.exec(pathname) ?? [];
  if (pathname === '/v2/') response.writeHead(200).end();
  else if ([...state.hidden].some((start) => pathname.startsWith(start))) {
    const unauthorized = JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] });
    response.writeHead(401, { 'www-authenticate': 'Basic realm="private"' }).end(unauthorized);
  } else if (kind === 'blobs/uploads') {
    const upload = request.method === 'POST' ? `${pathname}${state.uploads.size}` : pathname;
    const content = Buffer.concat([state.uploads.get(upload) ?? Buffer.alloc(0), body]);
    state.uploads.set(upload, content);
    const digest = searchParams.get('digest');
    if (digest !== null) {
      state.pushed();
      state.stored.set(digest, content);
    }
    response.writeHead(digest === null ? 202 : 201, { location: upload, range: `0-${content.length - 1}` }).end();
  } else if (request.method === 'PUT') {
    state.pushed();
    for (const key of [pathname, digestOf(body)]) state.stored.set(key, body);
    response.writeHead(201, { 'docker-content-digest': digestOf(body) }).end();
  } else {
    const found = state.stored.get(pathname) ?? state.stored.get(pathname.split('/').at(-1) ?? '');
    const code = kind === 'manifests' ? 'MANIFEST_UNKNOWN' : 'BLOB_UNKNOWN';
    const type = kind === 'manifests' ? typeOf(found) : 'application/octet-stream';
    const unknown = JSON.stringify({ errors: [{ code, message: 'manifest unknown' }] });
    if (found === undefined) response.writeHead(404, { 'content-type': 'application/json' }).end(unknown);
    else {
      response.writeHead(200, {
        'content-type': type,
        'content-length': found.length,
        'docker-content-digest': digestOf(found),
      });
      response.end(request.method === 'HEAD' ? undefined : found);
    }
  }
}
