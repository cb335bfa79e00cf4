import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../../src/local/project-root.ts';
import { Rig } from '../../local/batch-endpoint/endpoint-rig.ts';
import type { Ended } from '../campaign-command.ts';
import { populationFile } from '../campaigns/simulated-campaign.ts';
import { type S3Server, startS3Server } from '../servers/s3-server.ts';
import { Daemon } from './daemon.ts';
import { remoteEnvironment, type TemporalPlace } from './remote-environment.ts';

/** Simulated seconds per second. */
const timeScale = 600;

/** As docs/remote.md starts them: the scorer is a process of its own. */
const workers = { worker: 'main,images,submit,await', scorer: 'score' };

/** Where Temporal is, and which jobs run at once. */
interface RemoteStackOptions {
  temporal: TemporalPlace;
  /** By the name of a simulated class, as in {@link CampaignShape}. */
  slots: Record<string, number>;
}

/**
 * What `--stack remote` expects, around a Temporal of one's own: an S3 server, the local Batch endpoint with simulated jobs, a
 * worker and a scorer. Commands run as for a user.
 */
export class RemoteStack {
  private readonly daemons: Daemon[] = [];

  private constructor(
    /** For files of campaigns. */
    readonly folder: string,
    private readonly environment: NodeJS.ProcessEnv,
    readonly s3: S3Server,
    readonly batch: Rig,
  ) {}

  static async start({ temporal, slots }: RemoteStackOptions): Promise<RemoteStack> {
    const s3 = await startS3Server();
    // This process reads the records too.
    Object.assign(process.env, s3.environment);
    const queues = Object.entries(slots).map(([name, count]) => ({ name: `simulated-${name}`, slots: count }));
    const folder = mkdtempSync(join(tmpdir(), 'holdout-remote-'));
    const population = join(folder, 'population.json');
    writeFileSync(population, JSON.stringify(populationFile({})));
    const jobs = { runner: undefined, reap: undefined, simulation: { population, timeScale, seed: 1 } };
    const batch = new Rig({ queues, ...jobs, callsPerSecond: 50, delays: {}, environment: s3.environment });
    const environment = remoteEnvironment(folder, temporal, s3);
    const stack = new RemoteStack(folder, environment, s3, batch);
    try {
      await batch.start();
      environment['AWS_ENDPOINT_URL_BATCH'] = batch.url;
      for (const [name, served] of Object.entries(workers)) await stack.startWorker(name, served);
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  /** Runs a command to its end. */
  async run(...args: string[]): Promise<Ended> {
    const [program, ...words] = command(...args);
    const child = spawn(program, words, { env: this.environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    await once(child, 'close');
    return { status: child.exitCode, stdout, stderr };
  }

  /** Ends everything but Temporal and removes all data. */
  async stop(): Promise<void> {
    for (const daemon of this.daemons) await daemon.end('SIGKILL');
    await this.batch.remove();
    await this.s3.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async startWorker(name: string, queues: string): Promise<void> {
    const ready = join(this.folder, `${name}-ready`);
    const env = { ...this.environment, HOLDOUT_READY_FILE: ready };
    const daemon = new Daemon(command('worker', '--queues', queues), { env });
    this.daemons.push(daemon);
    await daemon.start(() => existsSync(ready));
  }
}

const command = (...args: string[]): [string, ...string[]] => [
  process.execPath,
  join(projectRoot(), 'scripts/holdout.mjs'),
  ...args,
];
