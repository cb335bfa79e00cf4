import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ToolCache } from '../../../src/local/tools/cache.ts';
import { ServerProcess } from '../../cloud/server-process.ts';
import { freePort } from '../servers/free-port.ts';

const version = 'v2.12.0';

/** A toxic: https://github.com/Shopify/toxiproxy#toxics. */
export interface Toxic {
  type: 'latency' | 'timeout' | 'reset_peer' | 'bandwidth';
  stream: 'upstream' | 'downstream';
  attributes: Record<string, number>;
}

/** Shopify's toxiproxy: TCP connections that can be cut, delayed and starved. */
export class Toxiproxy {
  private constructor(private readonly server: ServerProcess) {}

  /** Builds it first with Go if necessary, into the per-user cache. */
  static async start(): Promise<Toxiproxy> {
    const port = await freePort();
    const program = await toxiproxyProgram();
    return new Toxiproxy(
      await ServerProcess.start(program, ['-host', '127.0.0.1', '-port', String(port)], port, '/version'),
    );
  }

  /** Listens on a free port for connections to this port; returns the port. */
  async open(name: string, upstream: number): Promise<number> {
    const port = await freePort();
    await this.post('/proxies', {
      name,
      listen: `127.0.0.1:${port}`,
      upstream: `127.0.0.1:${upstream}`,
      enabled: true,
    });
    return port;
  }

  /** Cuts all connections and accepts none, or accepts them again. */
  async enable(name: string, enabled: boolean): Promise<void> {
    await this.post(`/proxies/${name}`, { enabled });
  }

  async poison(name: string, toxics: readonly Toxic[]): Promise<void> {
    for (const toxic of toxics) await this.post(`/proxies/${name}/toxics`, toxic);
  }

  /** Accepts all connections and removes all toxics. */
  async reset(): Promise<void> {
    await this.post('/reset', {});
  }

  /** Removes the toxics of one proxy. */
  async cure(name: string, toxics: readonly Toxic[]): Promise<void> {
    for (const { type, stream } of toxics) {
      await this.call('DELETE', `/proxies/${name}/toxics/${type}_${stream}`);
    }
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  private post(path: string, body: object): Promise<void> {
    return this.call('POST', path, body);
  }

  private async call(method: string, path: string, body?: object): Promise<void> {
    const init = { method, ...(body && { body: JSON.stringify(body) }) };
    const response = await fetch(`${this.server.url}${path}`, init);
    if (!response.ok) throw new Error(`toxiproxy ${method} ${path}: ${response.status} ${await response.text()}`);
  }
}

async function toxiproxyProgram(): Promise<string> {
  const program = new ToolCache().program('toxiproxy', version);
  if (existsSync(program)) return program;
  const folder = mkdtempSync(join(dirname(program), 'toxiproxy-build-'));
  const env = { ...process.env, GOBIN: folder };
  await promisify(execFile)('go', ['install', `github.com/Shopify/toxiproxy/v2/cmd/server@${version}`], { env });
  renameSync(join(folder, 'server'), program);
  rmSync(folder, { recursive: true });
  return program;
}
