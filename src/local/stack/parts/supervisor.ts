import { endProcess } from '../../process-identity.ts';
import type { ReportLine } from '../../report-line.ts';
import type { Home } from '../home/home.ts';
import { SupervisedPart } from './supervised-part.ts';
import { readRecords, removeRecord, type Part } from './part.ts';

/** Starts all parts of a stack in order and keeps them up. */
export class Supervisor {
  private readonly stopping = new AbortController();
  private readonly keeping: Promise<void>[] = [];
  private starting: Promise<void> = Promise.resolve();

  constructor(
    private readonly home: Home,
    private readonly report: ReportLine,
    private readonly definitions: (() => Part)[],
  ) {}

  /** Throws the first PART_NOT_UP once every part of its stage is up or has failed. */
  start(): Promise<void> {
    this.starting = this.bringUpAll();
    return this.starting;
  }

  /** Stops restarting parts; running processes continue. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.starting.catch(() => undefined);
    await Promise.all(this.keeping);
  }

  private async bringUpAll(): Promise<void> {
    await this.endUnknownParts();
    const stageOf = (define: () => Part): number => define().stage;
    for (const stage of new Set(this.definitions.map(stageOf).sort((one, other) => one - other))) {
      const parts = this.definitions
        .filter((define) => stageOf(define) === stage)
        .map((define) => new SupervisedPart(define, this.home, this.report));
      const results = await Promise.allSettled(parts.map((part) => part.bringUp(this.stopping.signal)));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      this.keeping.push(...parts.map((part) => part.keepUp(this.stopping.signal)));
    }
  }

  /** Ends parts of an earlier version that no longer exist. */
  private async endUnknownParts(): Promise<void> {
    const known = new Set(this.definitions.map((define) => define().name));
    for (const { name, identity, grace } of readRecords(this.home)) {
      if (known.has(name)) continue;
      await endProcess(identity, grace);
      removeRecord(this.home, name);
    }
  }
}
