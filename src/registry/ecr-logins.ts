import type { EcrHost } from './ecr-host.ts';
import { ecrToken, type EcrToken } from './ecr-token.ts';

/** A copy lasts at most as long as its activity, 6 hours; a login with less than that left is renewed beforehand. */
const longestCopy = 6 * 3_600_000;

/** The logins of this process, by host, renewed in time: a campaign lasts weeks and a login 12 hours. */
export class EcrLogins {
  private readonly tokens = new Map<string, EcrToken>();

  constructor(
    private readonly fetchToken: (host: EcrHost) => Promise<EcrToken> = ecrToken,
    private readonly now: () => number = Date.now,
  ) {}

  /** Returns the content for an authentication file. `refused` is one that the registry no longer accepts. */
  async for(host: EcrHost, refused?: string): Promise<string> {
    const kept = this.tokens.get(host.host);
    if (kept && kept.auth !== refused && kept.expiresAt - this.now() > longestCopy) return kept.auth;
    const token = await this.fetchToken(host);
    this.tokens.set(host.host, token);
    return token.auth;
  }
}
