import { log } from '@temporalio/workflow';
import { counted } from '../../safe-text.ts';
import { unauthenticatedText, type RefusalReason } from '../../unauthenticated.ts';

/** What a workflow refused because it was not authenticated. */
class Refusals {
  private readonly since = new Map<string, number>();
  private total = 0;

  /** `what`: such as `signal pauseTeam`; only names that the workflow itself has. */
  add(what: string, reason: RefusalReason): void {
    this.warn(what, reason);
    this.total += 1;
    const line = `${what} (${unauthenticatedText[reason]})`;
    this.since.set(line, (this.since.get(line) ?? 0) + 1);
  }

  /** Only in the worker's log: a refused update leaves no event, so a replay does not know of it. */
  warn(what: string, reason: RefusalReason): void {
    log.warn(`refused: ${what} is not authenticated: ${unauthenticatedText[reason]}`);
  }

  /** How many in all. */
  get count(): number {
    return this.total;
  }

  /** Whether {@link take} has a line. */
  get hasNew(): boolean {
    return this.since.size > 0;
  }

  /** One line about those since the last call; undefined: none. */
  take(): string | undefined {
    if (!this.hasNew) return undefined;
    const sum = [...this.since.values()].reduce((total, count) => total + count, 0);
    const lines = [...this.since].map(([line, count]) => (count === 1 ? line : `${count} × ${line}`));
    this.since.clear();
    return `refused ${counted(sum, 'time')} what came from outside Holdout: ${lines.join('; ')}`;
  }
}

/** Each workflow has an instance of its own. */
export const refusals = new Refusals();
