import { pythonProgram } from '../python.ts';
import { ServerProcess } from '../server-process.ts';

/** A rule of microburst; its README names the fields. */
export type Rule = Record<string, unknown>;

/** What microburst did to one call. `ts` in seconds. */
export interface Fired {
  ts: number;
  operation: string;
  action: string;
}

/** The key with which microburst signs again what it passes on: the host that the client signed is its own. */
interface Key {
  accessKeyId: string;
  secretAccessKey: string;
}

/** microburst in front of a Batch endpoint. */
export class Microburst {
  private constructor(private readonly server: ServerProcess) {}

  /**
   * `record`: a folder for the responses. Where microburst records, it also reads a whole upload before it passes it on, with
   * its length, which S3 servers demand.
   */
  static async start(port: number, upstream: string, key: Key, record?: string): Promise<Microburst> {
    const args = ['--port', String(port), '--upstream', upstream, '--resign', ...(record ? ['--record', record] : [])];
    const env = { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey };
    const health = '/_microburst/health';
    return new Microburst(await ServerProcess.start(pythonProgram('microburst'), args, port, health, env));
  }

  get url(): string {
    return this.server.url;
  }

  /** Replaces all rules and forgets what they did. */
  async set(rules: Rule[]): Promise<void> {
    await fetch(`${this.url}/_microburst/rules`, { method: 'POST', body: JSON.stringify(rules) });
    await fetch(`${this.url}/_microburst/fired`, { method: 'DELETE' });
  }

  /** The last calls to which a rule applied; microburst keeps 2,000. */
  async fired(): Promise<Fired[]> {
    return (await (await fetch(`${this.url}/_microburst/fired?limit=2000`)).json()) as Fired[];
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
