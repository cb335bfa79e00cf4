import { closeSync, constants, openSync, readSync } from 'node:fs';
import { runnerTimings } from '../runner-timings.ts';

const device = '/dev/kmsg';
/** More than the longest record of the kernel. */
const recordBytes = 16 * 1024;

/** Kills inside a control group, by the kernel's log. `host`: the whole machine was out of memory. */
export type KernelVerdict = 'killed' | 'host' | 'none' | 'unknown';

/**
 * Follows the kernel's log about one control group and the groups below it. Exact on cgroup v1, where the counter of a parent
 * group stays at zero: each kill leaves a record that names the group whose limit was hit.
 */
export class KernelLog {
  private verdictSoFar: KernelVerdict = 'none';
  private readonly timer: NodeJS.Timeout;
  private readonly buffer = Buffer.alloc(recordBytes);

  private constructor(
    private readonly descriptor: number,
    private readonly cgroup: string,
  ) {
    while (this.next() !== undefined) continue;
    this.verdictSoFar = 'none';
    this.timer = setInterval(() => this.drain(), runnerTimings.kernelLog);
  }

  /** Undefined if the log cannot be read. */
  static open(cgroup: string): KernelLog | undefined {
    try {
      return new KernelLog(openSync(device, constants.O_RDONLY | constants.O_NONBLOCK), cgroup);
    } catch {
      return undefined;
    }
  }

  verdict(): KernelVerdict {
    this.drain();
    return this.verdictSoFar;
  }

  close(): void {
    clearInterval(this.timer);
    closeSync(this.descriptor);
  }

  private drain(): void {
    for (let record = this.next(); record !== undefined; record = this.next()) {
      // The kernel writes at most ten of these summaries in five seconds, then the number that it left out.
      if (/oom_kill_process: \d+ callbacks suppressed/.test(record)) this.note('unknown');
      const summary = /;oom-kill:constraint=\w+,.*?(?:,oom_memcg=([^,]*))?,task_memcg=([^,]*),/.exec(record);
      if (summary === null) continue;
      const [, limitOf, taskIn] = summary;
      if (this.isInside(limitOf)) this.note('killed');
      else if (limitOf === undefined && this.isInside(taskIn)) this.note('host');
    }
  }

  private isInside(path: string | undefined): boolean {
    return path !== undefined && (path === this.cgroup || path.startsWith(`${this.cgroup}/`));
  }

  /** Keeps the strongest verdict. */
  private note(verdict: KernelVerdict): void {
    const byStrength: KernelVerdict[] = ['none', 'unknown', 'host', 'killed'];
    if (byStrength.indexOf(verdict) > byStrength.indexOf(this.verdictSoFar)) this.verdictSoFar = verdict;
  }

  /** The next record; undefined if there is none yet. */
  private next(): string | undefined {
    for (;;) {
      try {
        return this.buffer.toString('latin1', 0, readSync(this.descriptor, this.buffer));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EAGAIN') return undefined;
        this.note('unknown');
        // EPIPE: records were overwritten, and the reader is at the oldest one again.
        if (code !== 'EPIPE') return undefined;
      }
    }
  }
}
