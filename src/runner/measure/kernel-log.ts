import { closeSync, constants, openSync, readSync } from 'node:fs';

const device = '/dev/kmsg';
/** More than the kernel puts into one record. */
const recordBytes = 16 * 1024;
const drainEveryMs = 1_000;

/** What the kernel's log says about kills inside a control group. `host`: the whole machine was out of memory. */
export type KernelVerdict = 'killed' | 'host' | 'none' | 'unknown';

/**
 * Follows the kernel's log about one control group, from the moment it is opened. Exact on cgroup v1, where a parent group's own counter stays at
 * zero: each kill leaves a record that names the group whose limit was hit.
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
    this.timer = setInterval(() => this.drain(), drainEveryMs);
  }

  /** Follows what happens in `cgroup` and below. Undefined where the log cannot be read. */
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
      // The kernel writes at most ten of these summaries in five seconds, then says how many it left out.
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

  /** Keeps the strongest statement. */
  private note(verdict: KernelVerdict): void {
    const byStrength: KernelVerdict[] = ['none', 'unknown', 'host', 'killed'];
    if (byStrength.indexOf(verdict) > byStrength.indexOf(this.verdictSoFar)) this.verdictSoFar = verdict;
  }

  /** The next record; undefined at the end of what there is. */
  private next(): string | undefined {
    for (;;) {
      try {
        return this.buffer.toString('latin1', 0, readSync(this.descriptor, this.buffer));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EAGAIN') return undefined;
        this.note('unknown');
        // EPIPE: the ring went round and the reader stands at its oldest record again.
        if (code !== 'EPIPE') return undefined;
      }
    }
  }
}
