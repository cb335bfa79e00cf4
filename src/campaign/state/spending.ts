import { byName } from '../model/by-name.ts';
import type { RunSettlement } from '../model/messages.ts';
import { responsibleParty, type Reason } from '../model/reasons.ts';

type BookedRun = Pick<RunSettlement, 'class' | 'costMicroUsd' | 'purpose' | 'rerun'> & { reason?: Reason | null };

/** The cost of ended runs in micro-dollars. */
export class Spending {
  spent = 0;
  /** The part of `spent` for evaluations beyond a submission's first. */
  reruns = 0;
  probes = 0;
  /** The part of `spent` for runs that platform faults ended, without probes. */
  overhead = 0;
  /** The part of `spent` for canaries. */
  canaries = 0;
  byClass = byName<number>();

  book({ class: name, costMicroUsd, purpose, rerun, reason }: BookedRun): void {
    this.spent += costMicroUsd;
    this.byClass[name] = (this.byClass[name] ?? 0) + costMicroUsd;
    if (rerun) this.reruns += costMicroUsd;
    if (purpose === 'probe') this.probes += costMicroUsd;
    else if (reason && responsibleParty(reason) === 'platform') this.overhead += costMicroUsd;
  }

  bookCanary({ class: name, costMicroUsd }: Pick<RunSettlement, 'class' | 'costMicroUsd'>): void {
    this.spent += costMicroUsd;
    this.canaries += costMicroUsd;
    this.byClass[name] = (this.byClass[name] ?? 0) + costMicroUsd;
  }
}

/** A campaign's budget in micro-dollars and its use. */
export class Money extends Spending {
  budget = 0;
  /** Share of the budget that only evaluations beyond a submission's first may use. */
  reserveShare = 0;
}
