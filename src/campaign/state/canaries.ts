import { byName } from '../model/by-name.ts';
import type { CanaryReport } from '../model/canary-report.ts';
import type { StuckStep } from '../model/messages.ts';

/** Canaries in a row that may leave no outcome before their class is blocked. */
export const mostCanaryFaults = 3;

/** The newest canary on a class. Instants in ms. */
export interface ClassCanary {
  n: number;
  /** It found that everything holds: runs may be granted. */
  open?: true;
  /** It has been running since this instant. */
  since?: number;
  /** Micro-dollars, while it runs. */
  reserved?: number;
  /** It is to end although it has no outcome; `told`: its workflow has the order. */
  unwanted?: 'untold' | 'told';
  /** A step of it that is retried again and again, or Batch's reason not to place its job. */
  stuck?: StuckStep;
  /** Canaries in a row that left no outcome by a platform fault, and the cause of the last one. */
  faults?: { count: number; cause: string };
}

/** What a canary's end means for its class. */
export type CanaryEnd =
  | { kind: 'opened' }
  | { kind: 'blocked'; cause: string }
  /** Another canary follows. `short`: the class had no machine, or Spot took it. */
  | { kind: 'again'; short: boolean };

/** The canaries of a campaign by class: a class gets runs once one of them found that the confinement holds there. */
export class Canaries {
  byClass = byName<ClassCanary>();

  isOpen(name: string): boolean {
    return this.byClass[name]?.open === true;
  }

  isRunning(name: string): boolean {
    return this.byClass[name]?.since !== undefined;
  }

  get running(): string[] {
    return Object.keys(this.byClass).filter((name) => this.isRunning(name));
  }

  /** Micro-dollars. */
  get reserved(): number {
    return Object.values(this.byClass).reduce((sum, { reserved = 0 }) => sum + reserved, 0);
  }

  /** Begins the next canary on a class and returns its number. `now` in ms. */
  begin(name: string, reserved: number, now: number): number {
    const { n = 0, faults } = this.byClass[name] ?? {};
    this.byClass[name] = { n: n + 1, since: now, reserved, ...(faults && { faults }) };
    return n + 1;
  }

  /** A canary has ended; undefined if this was known. */
  end({ class: name, n, verdict }: CanaryReport): CanaryEnd | undefined {
    const known = this.byClass[name];
    if (known !== undefined && (n < known.n || (n === known.n && known.since === undefined))) return undefined;
    const faults = known?.faults;
    switch (verdict.kind) {
      case 'holds':
        this.byClass[name] = { n, open: true };
        return { kind: 'opened' };
      case 'broken':
        this.byClass[name] = { n };
        return { kind: 'blocked', cause: verdict.words };
      case 'no-outcome': {
        if (verdict.reason !== 'platform-error') {
          this.byClass[name] = { n, ...(faults && { faults }) };
          return { kind: 'again', short: verdict.reason !== 'cancelled' };
        }
        const { cause } = verdict;
        const count = (faults?.count ?? 0) + 1;
        this.byClass[name] = { n, faults: { count, cause } };
        return count < mostCanaryFaults ? { kind: 'again', short: false } : { kind: 'blocked', cause };
      }
    }
  }

  /** Ends the running canaries; {@link takeUnwanted} returns each once. */
  endAll(): void {
    for (const name of this.running) this.change(name, { unwanted: this.byClass[name]?.unwanted ?? 'untold' });
  }

  takeUnwanted(): { class: string; n: number }[] {
    const untold = Object.entries(this.byClass).filter(([, { unwanted }]) => unwanted === 'untold');
    for (const [name] of untold) this.change(name, { unwanted: 'told' });
    return untold.map(([name, { n }]) => ({ class: name, n }));
  }

  /** The workflow of a running canary was started again, so it does not know that it is unwanted. */
  noteRestart(name: string): void {
    if (this.byClass[name]?.unwanted) this.change(name, { unwanted: 'untold' });
  }

  /** The canary reports the step that it is stuck at; null: it continues. */
  reportStuck(name: string, n: number, stuck: StuckStep | null): void {
    const known = this.byClass[name];
    if (known?.n !== n || known.since === undefined) return;
    const { stuck: _, ...rest } = known;
    this.byClass[name] = stuck === null ? rest : { ...rest, stuck };
  }

  private change(name: string, change: Partial<ClassCanary>): void {
    const known = this.byClass[name];
    if (known) this.byClass[name] = { ...known, ...change };
  }
}

/** The canaries of a campaign that lost its state: a class that was open stays open, the others need another canary. */
export function restoredCanaries(
  ended: readonly CanaryReport[],
  running: readonly { class: string; n: number; since: number; reserved: number }[],
): Canaries {
  const canaries = new Canaries();
  for (const { class: name, n, verdict } of ended.toSorted((one, other) => one.n - other.n)) {
    canaries.byClass[name] = { n, ...(verdict.kind === 'holds' && { open: true }) };
  }
  for (const { class: name, ...one } of running) {
    if (one.n > (canaries.byClass[name]?.n ?? 0)) canaries.byClass[name] = one;
  }
  return canaries;
}
