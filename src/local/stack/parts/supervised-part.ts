import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, holdoutError } from '../../../errors.ts';
import { endProcess, isProcessRunning } from '../../process-identity.ts';
import type { ReportLine } from '../../report-line.ts';
import type { Home } from '../home/home.ts';
import { logOf, logTail } from './part-log.ts';
import { RestartPause } from './restart-pause.ts';
import { definitionOf, programOf, readRecord, removeRecord, spawnPart, type Part, type PartRecord } from './part.ts';

const startTimeout = 120_000;
const checkInterval = 250;

/** One part of the stack, started and restarted by the process that keeps the stack up. */
export class SupervisedPart {
  private record: PartRecord | undefined;
  private readonly pause = new RestartPause();

  /** `define` is called repeatedly while the part runs; when the definition changes, the part restarts with it. */
  constructor(
    private readonly define: () => Part,
    private readonly home: Home,
    private readonly report: ReportLine,
  ) {}

  /** Adopts a running process of an earlier start if it fits the definition, else starts a new one. Throws PART_NOT_UP. */
  async bringUp(stop: AbortSignal): Promise<void> {
    stop.throwIfAborted();
    const part = this.define();
    const left = readRecord(this.home, part.name);
    const fits = left?.definition === definitionOf(part) && left.program === programOf(part);
    if (left !== undefined && isProcessRunning(left.identity) && fits) this.record = left;
    else await this.startNew(part, left);
    await this.waitUntilReady(part, stop);
  }

  /** Restarts the process whenever it ends, until `stop`, after a pause that grows while it keeps ending. */
  async keepUp(stop: AbortSignal): Promise<void> {
    let upSince = Date.now();
    for (;;) {
      await sleep(checkInterval, undefined, { signal: stop }).catch(() => undefined);
      if (stop.aborted) return;
      const part = this.define();
      const running = this.record !== undefined && isProcessRunning(this.record.identity);
      if (running && this.record?.definition === definitionOf(part)) continue;
      if (running) this.report(`restarting ${part.name} with new settings`);
      else await this.waitBeforeRestart(part, Date.now() - upSince, stop);
      if (stop.aborted) return;
      await this.restart(part, stop);
      upSince = Date.now();
    }
  }

  private async waitBeforeRestart(part: Part, lasted: number, stop: AbortSignal): Promise<void> {
    const pause = this.pause.after(lasted);
    this.report(`${part.name} exited (${logOf(this.home, part.name)}); restarting it in ${pause / 1000} s`);
    await sleep(pause, undefined, { signal: stop }).catch(() => undefined);
  }

  private async restart(part: Part, stop: AbortSignal): Promise<void> {
    try {
      await this.startNew(part, this.record);
      await this.waitUntilReady(part, stop);
      this.report(`${part.name} is up again`);
    } catch (error) {
      if (!stop.aborted) this.report(messageOf(error));
    }
  }

  private async startNew(part: Part, old: PartRecord | undefined): Promise<void> {
    if (old !== undefined) await endProcess(old.identity, old.grace);
    removeRecord(this.home, part.name);
    this.record = spawnPart(part, this.home);
  }

  private async waitUntilReady(part: Part, stop: AbortSignal): Promise<void> {
    const deadline = Date.now() + startTimeout;
    const log = logOf(this.home, part.name);
    const notUp = (why: string) => holdoutError('PART_NOT_UP', { part: part.name, why, log, tail: logTail(log) });
    // Checked before and after: another server on the same port may have responded.
    const isAlive = () => this.record !== undefined && isProcessRunning(this.record.identity);
    for (;;) {
      stop.throwIfAborted();
      if (!isAlive()) throw notUp('it exited');
      if ((await part.isReady()) && isAlive()) break;
      if (Date.now() > deadline) throw notUp(`it was not ready within ${startTimeout / 1000} s`);
      await sleep(50);
    }
    await part.prepare?.();
  }
}
