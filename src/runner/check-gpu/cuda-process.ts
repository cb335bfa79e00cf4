import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { holdoutError } from '../../errors.ts';
import { cudaProgram } from './cuda-program.ts';

/** `impossible`: this machine cannot run the load. */
export type StartedLoad =
  { kind: 'ready'; load: CudaProcess; gpu: string; totalMiB: number } | { kind: 'impossible'; why: string };

/** A process that allocates GPU memory on command, through the CUDA driver. */
export class CudaProcess {
  private constructor(
    private readonly process: ChildProcess,
    private readonly replies: AsyncIterator<string>,
  ) {}

  static async start(): Promise<StartedLoad> {
    const child = spawn('python3', ['-c', cudaProgram], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(child, 'spawn');
    } catch {
      return { kind: 'impossible', why: 'python3 cannot be started' };
    }
    const load = new CudaProcess(child, createInterface({ input: child.stdout })[Symbol.asyncIterator]());
    const reply = await load.reply();
    const [, totalMiB, gpu] = /^ready (\d+) (.*)$/.exec(reply) ?? [];
    if (totalMiB !== undefined && gpu !== undefined) {
      return { kind: 'ready', load, gpu, totalMiB: Number(totalMiB) };
    }
    await load.quit();
    return { kind: 'impossible', why: reply.replace(/^impossible /, '') };
  }

  /** Returns false if CUDA is out of memory. */
  async allocate(mebibytes: number): Promise<boolean> {
    return (await this.ask(`allocate ${mebibytes}`)) === 'allocated';
  }

  /** Allocates memory and frees it immediately. */
  async flash(mebibytes: number): Promise<boolean> {
    return (await this.ask(`flash ${mebibytes}`)) === 'allocated';
  }

  /** Allocates all memory, up to about `limitMiB`; returns the amount in MiB. */
  async fill(limitMiB: number): Promise<number> {
    return Number((await this.ask(`fill ${limitMiB}`)).replace(/^filled /, ''));
  }

  async free(): Promise<void> {
    await this.ask('free 0');
  }

  /** Ends the process, which frees its memory. */
  async quit(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'close');
    this.process.stdin?.end();
    await ended;
  }

  private ask(command: string): Promise<string> {
    this.process.stdin?.write(`${command}\n`);
    return this.reply();
  }

  private async reply(): Promise<string> {
    const { value, done } = await this.replies.next();
    if (done === true) throw holdoutError('COMMAND_FAILED', { command: 'python3', cause: 'it ended during the check' });
    return value;
  }
}
