import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KeyPair } from '../../support/servers/s3-server.ts';

/** The ECS agent's endpoint for the credentials of a task's role, with key pairs that expire. */
export class ContainerCredentials {
  /** Every answer: the access key, and the instant until which it is valid, in ms. */
  readonly given: { access: string; expiresAt: number }[] = [];

  private constructor(
    private readonly server: Server,
    private current: KeyPair,
    private readonly validMs: number,
  ) {}

  static async start(first: KeyPair, validMs: number): Promise<ContainerCredentials> {
    const server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      const isAllowed = request.url === '/role' && request.headers.authorization === 'token-of-task';
      response.statusCode = isAllowed ? 200 : 403;
      response.end(JSON.stringify(isAllowed ? endpoint.answer() : { code: 'AccessDenied', message: 'no' }));
    }).listen(0, '127.0.0.1');
    const endpoint = new ContainerCredentials(server, first, validMs);
    await once(server, 'listening');
    return endpoint;
  }

  /** What the agent gives to a container. */
  get variables(): Record<string, string> {
    const { port } = this.server.address() as AddressInfo;
    return {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/role`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'token-of-task',
    };
  }

  /** From now on the role has this key pair. Returns the instant until which the one before is valid, in ms. */
  renew(next: KeyPair): number {
    const before = this.given.filter(({ access }) => access === this.current.access);
    this.current = next;
    return Math.max(...before.map(({ expiresAt }) => expiresAt));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private answer(): object {
    const expiresAt = Date.now() + this.validMs;
    const { access, secret } = this.current;
    this.given.push({ access, expiresAt });
    return {
      RoleArn: 'arn:aws:iam::123456789012:role/holdout-runner',
      AccessKeyId: access,
      SecretAccessKey: secret,
      // The S3 server of the tests has no sessions, and refuses every token.
      Token: '',
      Expiration: new Date(expiresAt).toISOString(),
    };
  }
}
