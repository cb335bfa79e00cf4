import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programsWithWorkerIn } from '../campaigns/programs-with-batch-at.ts';
import { freePort } from '../servers/free-port.ts';
import { Microburst } from '../../cloud/batch/microburst.ts';
import { Toxiproxy } from './toxiproxy.ts';

interface Key {
  accessKeyId: string;
  secretAccessKey: string;
}

/**
 * How worker and scorer reach the servers of a stack: through toxiproxy, and those that are AWS's also through microburst. The
 * servers' own ports stay open for the command line, which is not part of the drill.
 */
export class Ways {
  private bursts: Record<'s3' | 'batch', Microburst> | undefined;
  private readonly records = mkdtempSync(join(tmpdir(), 'holdout-microburst-'));

  private constructor(
    readonly toxiproxy: Toxiproxy,
    /** Where the servers must listen. */
    readonly ports: { temporal: number; ui: number; s3: number; batch: number },
    private readonly burstPorts: { s3: number; batch: number },
    /** For {@link StackOptions}. */
    readonly programs: string,
  ) {}

  static async open(): Promise<Ways> {
    const toxiproxy = await Toxiproxy.start();
    const ports = { temporal: await freePort(), ui: 0, s3: await freePort(), batch: await freePort() };
    const burstPorts = { s3: await freePort(), batch: await freePort() };
    const at = async (name: string, port: number): Promise<string> => `127.0.0.1:${await toxiproxy.open(name, port)}`;
    const programs = programsWithWorkerIn({
      TEMPORAL_ADDRESS: await at('temporal', ports.temporal),
      AWS_ENDPOINT_URL_S3: `http://${await at('s3', burstPorts.s3)}`,
      AWS_ENDPOINT_URL_BATCH: `http://${await at('batch', burstPorts.batch)}`,
    });
    return new Ways(toxiproxy, ports, burstPorts, programs);
  }

  /** Starts microburst, with the keys by which it signs what it passes on; the servers need not be up yet. */
  async connect(keys: { s3: Key; batch: Key }): Promise<void> {
    const { ports, burstPorts } = this;
    const start = async (service: 's3' | 'batch'): Promise<Microburst> => {
      const upstream = `http://127.0.0.1:${ports[service]}`;
      const burst = await Microburst.start(burstPorts[service], upstream, keys[service], this.records);
      // It reads the model of a service at the first call, for longer than a client waits on a busy machine.
      const authorization = `AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/${service}/aws4_request, Signature=0`;
      await fetch(burst.url, { headers: { authorization } });
      return burst;
    };
    this.bursts = { s3: await start('s3'), batch: await start('batch') };
  }

  burst(service: 's3' | 'batch'): Microburst {
    if (this.bursts === undefined) throw new Error('connect() comes first');
    return this.bursts[service];
  }

  async close(): Promise<void> {
    for (const server of [this.toxiproxy, this.bursts?.s3, this.bursts?.batch]) await server?.stop();
    for (const folder of [this.programs, this.records]) rmSync(folder, { recursive: true, force: true });
  }
}
