import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { holdoutError } from '../../errors.ts';
import { cudaProgram } from './cuda-program.ts';

/** `impossible`: there is nothing here that the load could run on. */
export type StartedLoad =
  { kind: 'ready'; load: CudaLoad; gpu: string; totalMiB: number } | { kind: 'impossible'; why: string };

/** A process that takes device memory as it is told, through the CUDA driver. */
export class CudaLoad {
  private constructor(
    private readonly process: ChildProcess,
    private readonly answers: AsyncIterator<string>,
  ) {}

  static async start(): Promise<StartedLoad> {
    const child = spawn('python3', ['-c', cudaProgram], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(child, 'spawn');
    } catch {
      return { kind: 'impossible', why: 'python3 cannot be started' };
    }
    const load = new CudaLoad(child, createInterface({ input: child.stdout })[Symbol.asyncIterator]());
    const answer = await load.answer();
    const [, totalMiB, gpu] = /^ready (\d+) (.*)$/.exec(answer) ?? [];
    if (totalMiB !== undefined && gpu !== undefined) {
      return { kind: 'ready', load, gpu, totalMiB: Number(totalMiB) };
    }
    await load.quit();
    return { kind: 'impossible', why: answer.replace(/^impossible /, '') };
  }

  /** False: out of memory, as CUDA says it. */
  async allocate(mebibytes: number): Promise<boolean> {
    return (await this.ask(`allocate ${mebibytes}`)) === 'allocated';
  }

  /** Takes so much and gives it back at once. */
  async flash(mebibytes: number): Promise<boolean> {
    return (await this.ask(`flash ${mebibytes}`)) === 'allocated';
  }

  /** Takes all there is, but hardly more than `limitMiB`; answers how much it got in MiB. */
  async fill(limitMiB: number): Promise<number> {
    return Number((await this.ask(`fill ${limitMiB}`)).replace(/^filled /, ''));
  }

  async free(): Promise<void> {
    await this.ask('free 0');
  }

  /** Ends the process, and with it what it holds. */
  async quit(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'close');
    this.process.stdin?.end();
    await ended;
  }

  private ask(command: string): Promise<string> {
    this.process.stdin?.write(`${command}\n`);
    return this.answer();
  }

  private async answer(): Promise<string> {
    const { value, done } = await this.answers.next();
    if (done === true)
      throw holdoutError('COMMAND_FAILED', { command: 'python3', cause: 'it ended in the middle of the check' });
    return value;
  }
}
