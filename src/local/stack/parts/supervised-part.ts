import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, holdoutError } from '../../../errors.ts';
import { endProcess, isProcessRunning } from '../../process-identity.ts';
import type { ReportLine } from '../../report.ts';
import type { Home } from '../home/home.ts';
import {
  definitionOf,
  logOf,
  logTail,
  programOf,
  readRecord,
  removeRecord,
  spawnPart,
  type Part,
  type PartRecord,
} from './part.ts';

const startLimit = 120_000;
const lookInterval = 250;
/** Between the end of a process and its next start: doubled each time, as long as it ends within a minute. */
const shortestPause = 500;
const longestPause = 30_000;

/** One part of the stack, brought up and kept up by the process that opened the stack. */
export class SupervisedPart {
  private record: PartRecord | undefined;
  private pause = shortestPause;

  /** `define` is asked again while the part runs; when the answer changes, the part is started again with it. */
  constructor(
    private readonly define: () => Part,
    private readonly home: Home,
    private readonly report: ReportLine,
  ) {}

  /** Takes over what an earlier opener left running if it is as it should be, else starts it. Throws PART_NOT_UP. */
  async bringUp(stop: AbortSignal): Promise<void> {
    stop.throwIfAborted();
    const part = this.define();
    const left = readRecord(this.home, part.name);
    const fits = left?.definition === definitionOf(part) && left.program === programOf(part);
    if (left !== undefined && isProcessRunning(left.identity) && fits) this.record = left;
    else await this.startAfresh(part, left);
    await this.waitUntilReady(part, stop);
  }

  /** Watches until `stop`: a process that ended is started again, after a pause that grows while it keeps ending. */
  async keepUp(stop: AbortSignal): Promise<void> {
    let upSince = Date.now();
    for (;;) {
      await sleep(lookInterval, undefined, { signal: stop }).catch(() => undefined);
      if (stop.aborted) return;
      const part = this.define();
      const running = this.record !== undefined && isProcessRunning(this.record.identity);
      if (running && this.record?.definition === definitionOf(part)) continue;
      if (running) this.report(`${part.name} has new settings and is started again`);
      else await this.rest(part, Date.now() - upSince, stop);
      if (stop.aborted) return;
      await this.restart(part, stop);
      upSince = Date.now();
    }
  }

  private async rest(part: Part, lasted: number, stop: AbortSignal): Promise<void> {
    this.pause = lasted > 60_000 ? shortestPause : Math.min(this.pause * 2, longestPause);
    this.report(
      `${part.name} has ended (${logOf(this.home, part.name)}); it is started again in ${this.pause / 1000} s`,
    );
    await sleep(this.pause, undefined, { signal: stop }).catch(() => undefined);
  }

  private async restart(part: Part, stop: AbortSignal): Promise<void> {
    try {
      await this.startAfresh(part, this.record);
      await this.waitUntilReady(part, stop);
      this.report(`${part.name} is up again`);
    } catch (error) {
      if (!stop.aborted) this.report(messageOf(error));
    }
  }

  private async startAfresh(part: Part, old: PartRecord | undefined): Promise<void> {
    if (old !== undefined) await endProcess(old.identity, old.grace);
    removeRecord(this.home, part.name);
    this.record = spawnPart(part, this.home);
  }

  private async waitUntilReady(part: Part, stop: AbortSignal): Promise<void> {
    const deadline = Date.now() + startLimit;
    const log = logOf(this.home, part.name);
    const notUp = (why: string) => holdoutError('PART_NOT_UP', { part: part.name, why, log, tail: logTail(log) });
    // Asked before and after: a foreign server on the same port may have answered.
    const lives = () => this.record !== undefined && isProcessRunning(this.record.identity);
    for (;;) {
      stop.throwIfAborted();
      if (!lives()) throw notUp('it ended');
      if ((await part.isReady()) && lives()) break;
      if (Date.now() > deadline) throw notUp(`it was not ready within ${startLimit / 1000} s`);
      await sleep(50);
    }
    await part.prepare?.();
  }
}
