/**
 * A registry of ECR on loopback. The registry is Debian's docker-registry with basic authentication; it alone decides whether a
 * login is good. In front of it, a server with the certificate of ECR's host name injects faults in ECR's words, and a proxy
 * brings the programs' connections there. The API that gives logins is ours.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunSpec } from '../../../src/campaign/model/run-spec.ts';
import { runCommand } from '../../../src/run-command.ts';
import { setVariables, startEcrApi, type EcrApi } from '../../support/images/ecr-api.ts';
import type { LayoutImage } from '../../support/images/oci-image.ts';
import { makeCertificates } from './certificates.ts';
import { PasswordRegistry } from './password-registry.ts';

export const account = '123456789012';

/** A response in place of the registry's. */
export interface Fault {
  status: number;
  code: string;
  message: string;
}

/** In the words of ECR. */
export const faults = {
  expired: {
    status: 403,
    code: 'DENIED',
    message: 'Your authorization token has expired. Reauthenticate and try again.',
  },
  throttled: { status: 429, code: 'TOOMANYREQUESTS', message: 'Rate exceeded' },
  immutable: {
    status: 400,
    code: 'TAG_INVALID',
    message:
      "The image tag 'x' already exists in the 'store' repository and cannot be overwritten because the tag is immutable.",
  },
  forbidden: {
    status: 403,
    code: 'DENIED',
    message: `User: arn:aws:sts::${account}:assumed-role/worker/w is not authorized to perform: ecr:InitiateLayerUpload on resource: arn:aws:ecr:eu-west-1:${account}:repository/store because no identity-based policy allows the ecr:InitiateLayerUpload action`,
  },
} as const satisfies Record<string, Fault>;

export interface RegistryRequest {
  method: string;
  path: string;
  /** The program: `skopeo/1.9.3`, `docker/20.10.24 …`. */
  agent: string;
}

/** The account with which teams push; it never expires. */
const team = { name: 'team', password: 'password-of-the-team' };

export class EcrRig {
  /** Every password that was ever given out. */
  readonly secrets: string[] = [];
  /** Requests that arrived with a login, in order. */
  readonly requests: RegistryRequest[] = [];
  /** Called before a request is answered; a fault replaces the answer. */
  onRequest: (request: RegistryRequest) => Fault | undefined = () => undefined;
  /** Variables of programs that use the registry. */
  readonly environment: Record<string, string>;
  private readonly expired = new Set<string>();
  private readonly good = new Set<string>();

  private constructor(
    readonly host: string,
    readonly api: EcrApi,
    readonly folder: string,
    private readonly registry: PasswordRegistry,
    private readonly servers: Server[],
    private readonly restore: () => void,
    proxyPort: number,
  ) {
    this.environment = { HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`, SSL_CERT_FILE: join(folder, 'ca.pem') };
  }

  /** Starts it in a region; each has its own host name, and so its own logins. */
  static async start(region: string): Promise<EcrRig> {
    const folder = mkdtempSync(join(tmpdir(), 'ecr-'));
    const host = `${account}.dkr.ecr.${region}.amazonaws.com`;
    makeCertificates(folder, host);
    const registry = await PasswordRegistry.start(folder);
    registry.accept({ [team.name]: team.password });
    const serving: { rig?: EcrRig } = {};
    const tls = { key: readFileSync(join(folder, 'host.key')), cert: readFileSync(join(folder, 'host.pem')) };
    const front = createTlsServer(tls, (incoming, outgoing) => serving.rig?.serve(incoming, outgoing));
    const frontPort = await listening(front);
    const proxy = createServer();
    proxy.on('connect', (_: IncomingMessage, socket) => {
      const onward = connect(frontPort, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      socket.pipe(onward).pipe(socket);
      for (const side of [socket, onward]) side.on('error', () => [socket, onward].forEach((one) => one.destroy()));
    });
    const proxyPort = await listening(proxy);
    const api = await startEcrApi();
    const restore = setVariables({
      HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`,
      SSL_CERT_FILE: join(folder, 'ca.pem'),
    });
    const rig = new EcrRig(host, api, folder, registry, [front, proxy], restore, proxyPort);
    serving.rig = rig;
    api.answer('GetAuthorizationToken', () => rig.issue());
    return rig;
  }

  /** Gives out a login that the registry accepts from now on. */
  issue(): { body: object } {
    const password = `secret-${randomBytes(24).toString('hex')}`;
    this.secrets.push(password, Buffer.from(`AWS:${password}`).toString('base64'));
    this.good.add(password);
    this.acceptNewest();
    const expiresAt = Date.now() / 1_000 + 12 * 3_600;
    const authorizationToken = Buffer.from(`AWS:${password}`).toString('base64');
    return { body: { authorizationData: [{ authorizationToken, expiresAt, proxyEndpoint: `https://${this.host}` }] } };
  }

  get issued(): number {
    return this.secrets.length / 2;
  }

  /** All logins so far are refused from now on: in ECR's words for an expired one, or by the registry as wrong. */
  expire({ inWords }: { inWords: boolean }): void {
    if (inWords) for (const password of this.good) this.expired.add(password);
    this.good.clear();
    this.acceptNewest();
  }

  /** Runs something once, when a request matches that comes with a login. */
  when(matches: (request: RegistryRequest) => boolean, then: () => Fault | undefined | void): void {
    this.onRequest = (received) => {
      if (!matches(received)) return undefined;
      this.onRequest = () => undefined;
      return then() ?? undefined;
    };
  }

  async stop(): Promise<void> {
    this.restore();
    await this.api.close();
    for (const server of this.servers) server.close();
    await this.registry.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** An account has one password; the newest counts. */
  private acceptNewest(): void {
    const newest = [...this.good].at(-1);
    this.registry.accept({ [team.name]: team.password, ...(newest !== undefined && { AWS: newest }) });
  }

  private serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = '', url = '', headers } = incoming;
    const login = Buffer.from(headers.authorization?.replace('Basic ', '') ?? '', 'base64').toString();
    const received = { method, path: url, agent: headers['user-agent'] ?? '' };
    if (login !== '') this.requests.push(received);
    const injected = login === '' ? undefined : this.onRequest(received);
    const fault = injected ?? (this.expired.has(login.replace('AWS:', '')) ? faults.expired : undefined);
    if (fault) {
      outgoing.writeHead(fault.status, { 'content-type': 'application/json', connection: 'close' });
      outgoing.end(JSON.stringify({ errors: [{ code: fault.code, message: fault.message }] }));
      return;
    }
    const onward = request({ port: this.registry.port, host: '127.0.0.1', method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Puts an image into a repository as a team does; returns its reference by digest. */
export async function pushImage(ecr: EcrRig, repository: string, image: LayoutImage): Promise<RunSpec['image']> {
  const args = [
    '--insecure-policy',
    'copy',
    '-q',
    '--preserve-digests',
    '--dest-creds',
    `${team.name}:${team.password}`,
  ];
  const target = `docker://${ecr.host}/${repository}`;
  const { status, stderr } = await runCommand('skopeo', [...args, image.reference, `${target}:v1`]);
  assert.equal(status, 0, stderr);
  return { reference: `${target}@${image.digest}`, digest: image.digest };
}
