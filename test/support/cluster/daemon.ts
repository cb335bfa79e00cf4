import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '../eventually.ts';

/** What a server gets at each start. */
interface DaemonOptions {
  env: NodeJS.ProcessEnv;
  /** The user and the group that it runs as; absent: those of this process. */
  uid?: number;
  gid?: number;
}

/** A server that can be ended and started again. It ends with this process at the latest. */
export class Daemon {
  private child: ChildProcess | undefined;
  /** The last 4,000 characters that it printed. */
  output = '';

  constructor(
    private readonly command: readonly [string, ...string[]],
    private readonly options: DaemonOptions,
  ) {
    process.once('exit', () => this.child?.kill('SIGKILL'));
  }

  /** Throws if it does not run. */
  get pid(): number {
    if (!this.isRunning || this.child?.pid === undefined) throw new Error(`${this.command[0]} does not run`);
    return this.child.pid;
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts it and waits until it is up. Fails with its last words if it ends before. */
  async start(isUp: () => Promise<boolean> | boolean): Promise<void> {
    const [program, ...args] = this.command;
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...this.options });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => this.keep(String(chunk)));
    const isEnded = once(child, 'exit').then(() => {
      throw new Error(`${program} ended: ${this.output}`);
    });
    const up = eventually(`${program} is up`, isUp, { withinMs: 120_000, everyMs: 100 });
    // Only until it is up: later its end is somebody's wish.
    isEnded.catch(() => undefined);
    up.catch(() => undefined);
    await Promise.race([up, isEnded]);
  }

  /** Sends a signal, if it runs, and waits for its end. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.child?.kill(signal);
    await this.ended();
  }

  /** Waits for its end, whoever asked for it. */
  async ended(): Promise<void> {
    if (this.isRunning && this.child !== undefined) await once(this.child, 'exit');
  }

  private keep(text: string): void {
    this.output = `${this.output}${text}`.slice(-4_000);
  }
}
