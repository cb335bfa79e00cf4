import type { StuckStep } from '../../campaign/model/messages.ts';
import { placementStep } from '../../campaign/model/placement-step.ts';
import type { WorkflowDependencies } from '../dependencies.ts';
import { reportStuck } from '../report-stuck.ts';

/** A job's wait for a machine, as the last poll showed it. */
export interface Wait {
  /** The instant (ms) since which the job is RUNNABLE; undefined: it is not. */
  runnableSince?: number | undefined;
  /** Batch's reason for the wait. */
  words?: string | undefined;
}

/** Tells the campaign why Batch does not place a job, in Batch's words, and that the wait is over. */
export class PlacementReport {
  private told: string | undefined;

  constructor(
    private readonly deps: WorkflowDependencies,
    private readonly order: unknown,
  ) {}

  /** Call regularly, within the activity's context; `isOverridden`: the campaign was told something worse, or that it is over. */
  check({ runnableSince: since, words }: Wait, isOverridden: boolean): void {
    if (isOverridden) this.told = undefined;
    const said = since === undefined ? undefined : words;
    if (isOverridden || said === this.told) return;
    this.told = said;
    const stuck: Pick<StuckStep, 'what' | 'tries' | 'since'> = { what: placementStep, tries: 0, since: since ?? 0 };
    void reportStuck(this.deps, this.order, said === undefined ? null : { ...stuck, cause: said });
  }
}
