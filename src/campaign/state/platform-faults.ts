import { isKill } from '../evaluation/fault-cause.ts';
import { byName } from '../model/by-name.ts';
import type { RunSettlement } from '../model/messages.ts';
import { responsibleParty } from '../model/reasons.ts';

/** This many equal faults in a row are no coincidence. */
export const equalFaults = 3;
type RunFault = Pick<RunSettlement, 'submission' | 'class' | 'reason' | 'cause'>;

/** Equal platform faults in a row. */
export interface FaultStreak {
  readonly cause: string;
  readonly count: number;
  /** The submission that all of them come from; null: several. */
  readonly only: string | null;
  /** Instant (ms) of the newest grant when the first of them was counted. Absent in older states, and for images. */
  readonly since?: number;
  /** Instant (ms) of the newest grant when the last of them was counted. */
  readonly newestGrant?: number;
  /** Instant (ms) since which the class, or the images, are blocked. */
  readonly heldSince?: number;
  /** Instant (ms) since which it is on trial, after an operator resumed it. */
  readonly trialSince?: number;
  /** A canary blocked the class, not the runs. */
  readonly byCanary?: true;
}

/**
 * Consecutive platform faults. When the same fault ends the last three runs of a class, the class is blocked: no run is
 * granted there until an operator resumes it. Then it is on trial, with one run at a time, until one ends without a
 * platform fault.
 */
export class PlatformFaults {
  byClass = byName<FaultStreak>();
  /** Over all classes, with those that took part. */
  all: (FaultStreak & { readonly classes: readonly string[] }) | null = null;
  /** Of images that cannot be copied. */
  images: FaultStreak | null = null;
  /** Classes on which a run has worked since they were last blocked. */
  proven = byName<1>();

  isBlocked(name: string): boolean {
    return this.byClass[name]?.heldSince !== undefined;
  }

  /** How many platform faults in a row have ended runs on a class on which none has worked yet; undefined once one has. */
  faultsOfUnproven(name: string): number | undefined {
    return this.proven[name] === undefined ? (this.byClass[name]?.count ?? 0) : undefined;
  }

  /** The fault that ended the last runs of a class without blocking it, if they did; `since` in ms, if known. */
  faultOf(name: string): { cause: string; count: number; since?: number } | undefined {
    const streak = this.byClass[name];
    if (streak === undefined || streak.heldSince !== undefined) return undefined;
    const { cause, count, since } = streak;
    return { cause, count, ...(since !== undefined && { since }) };
  }

  /** The fault that blocks a class, and the instant (ms) since which it does; undefined if none does. */
  blockOf(name: string): { cause: string; since: number; byCanary?: true } | undefined {
    const { cause, heldSince: since, byCanary } = this.byClass[name] ?? {};
    return cause === undefined || since === undefined ? undefined : { cause, since, ...(byCanary && { byCanary }) };
  }

  /** A canary shows that a class cannot be used. `now` in ms. */
  blockByCanary(name: string, cause: string, now: number): void {
    this.byClass[name] = { cause, count: equalFaults, only: null, heldSince: now, byCanary: true };
    delete this.proven[name];
  }

  /** A canary opened a class that an earlier one had blocked. */
  unblockByCanary(name: string): void {
    if (this.byClass[name]?.byCanary) delete this.byClass[name];
  }

  /** Images cannot be copied. */
  areImagesBlocked(): boolean {
    return this.images?.heldSince !== undefined;
  }

  /** Whether the class of a run is blocked, or on trial, because of the fault that ended the run. */
  isBlockedFor(run: { class: string; cause: string }): boolean {
    const streak = this.byClass[run.class];
    return streak?.cause === run.cause && (streak.heldSince !== undefined || streak.trialSince !== undefined);
  }

  /**
   * A run has ended. `grantedAt`: the instant (ms) of its grant, if known; `newestGrant`: of the newest one of the
   * campaign. Runs granted before a class was resumed say nothing about it now.
   */
  noteRunEnd(run: RunFault, grantedAt: number | undefined, newestGrant: number): void {
    const verdict = verdictOnClass(run);
    const known = this.byClass[run.class];
    if (verdict === 'nothing' || known?.heldSince !== undefined) return;
    if (known?.trialSince !== undefined && grantedAt !== undefined && grantedAt < known.trialSince) return;
    if (verdict === 'works') {
      delete this.byClass[run.class];
      this.all = null;
      this.proven[run.class] = 1;
      return;
    }
    const fault = { submission: run.submission, cause: run.cause ?? '', newestGrant };
    if (!isSameKill(known, fault, grantedAt)) this.byClass[run.class] = grown(known, fault);
    if (isSameKill(this.all, fault, grantedAt)) return;
    const classes = this.all?.cause === fault.cause ? this.all.classes : [];
    this.all = { ...grown(this.all, fault), classes: [...new Set([...classes, run.class])] };
  }

  /** An image could not be copied, for the first time since its submission last made progress. */
  noteImageFault(fault: { submission: string; cause: string }): void {
    if (!this.areImagesBlocked()) this.images = grown(this.images, fault);
  }

  /** An image was copied, so images block nothing any more. */
  noteImageCopied(): void {
    this.images = null;
  }

  /**
   * Blocks those of these classes, and images, with too many equal faults. A single submission may cause the fault
   * itself: another one must meet it too, unless the submission `isAlone`.
   */
  block(classes: readonly string[], isAlone: (submission: string) => boolean, now: number): void {
    const isTooMany = (streak: FaultStreak): boolean =>
      streak.count >= equalFaults && (streak.only === null || isAlone(streak.only));
    if (this.all && this.all.classes.length > 1 && isTooMany(this.all)) {
      const { cause, count, only } = this.all;
      for (const name of classes) {
        if (!this.isBlocked(name)) this.byClass[name] = { cause, count, only, heldSince: now };
      }
      this.all = null;
    }
    const blocked = (streak: FaultStreak): FaultStreak => {
      if (streak.heldSince !== undefined || !isTooMany(streak)) return streak;
      const { trialSince: _, ...rest } = streak;
      return { ...rest, heldSince: now };
    };
    for (const [name, streak] of Object.entries(this.byClass)) this.byClass[name] = blocked(streak);
    for (const name of classes) if (this.isBlocked(name)) delete this.proven[name];
    this.images &&= blocked(this.images);
  }

  /** An operator resumes a class, or everything: the next equal fault blocks it again. */
  resume(name: string | undefined, now: number): void {
    for (const [blocked, streak] of Object.entries(this.byClass)) {
      if (streak.heldSince === undefined || (name !== undefined && blocked !== name)) continue;
      this.byClass[blocked] = onTrial(streak, now);
    }
    if (name !== undefined) return;
    this.all = null;
    if (this.images?.heldSince !== undefined) this.images = onTrial(this.images, now);
  }
}

/** Evidence from the end of a run about its class. */
function verdictOnClass({ reason, cause }: RunFault): 'works' | 'fault' | 'nothing' {
  if (reason === 'platform-error') return cause === undefined ? 'nothing' : 'fault';
  return reason === undefined || responsibleParty(reason) === 'team' ? 'works' : 'nothing';
}

/** A machine that goes down kills all its runs at once: a kill only counts if its run was granted after the last kill. */
const isSameKill = (
  known: FaultStreak | null | undefined,
  { cause }: Pick<FaultStreak, 'cause'>,
  grantedAt: number | undefined,
): boolean =>
  known?.cause === cause &&
  isKill(cause) &&
  grantedAt !== undefined &&
  known.newestGrant !== undefined &&
  grantedAt <= known.newestGrant;

function grown(
  known: FaultStreak | null | undefined,
  { submission, cause, newestGrant }: Pick<FaultStreak, 'cause' | 'newestGrant'> & { submission: string },
): FaultStreak {
  const kept = {
    ...(known?.trialSince !== undefined && { trialSince: known.trialSince }),
    ...(newestGrant !== undefined && { newestGrant }),
  };
  if (known?.cause !== cause) {
    return { cause, count: 1, only: submission, ...kept, ...(newestGrant !== undefined && { since: newestGrant }) };
  }
  const only = known.only === submission ? submission : null;
  return { cause, count: known.count + 1, only, ...kept, ...(known.since !== undefined && { since: known.since }) };
}

const onTrial = ({ cause, byCanary }: FaultStreak, now: number): FaultStreak => ({
  cause,
  count: equalFaults - 1,
  only: null,
  trialSince: now,
  ...(byCanary && { byCanary }),
});
