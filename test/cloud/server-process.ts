import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '../support/eventually.ts';

/** A server by others, until {@link stop}. */
export class ServerProcess {
  private output = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (this.output += String(chunk)));
  }

  /** Starts it, and waits until this path answers. */
  static async start(
    command: string,
    args: string[],
    port: number,
    path: string,
    env: NodeJS.ProcessEnv = {},
  ): Promise<ServerProcess> {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    const server = new ServerProcess(child, `http://127.0.0.1:${port}`);
    await eventually(`${command} answers`, async () => {
      assert.equal(child.exitCode, null, server.output);
      return (await fetch(`${server.url}${path}`)).ok;
    });
    return server;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}
