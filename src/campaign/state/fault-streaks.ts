/** Equal faults, one after the other. */
export interface FaultStreak {
  cause: string;
  count: number;
  /** The submission they all come from; null: from several. */
  only: string | null;
  /** Instant (ms) of the newest grant when the last of them was counted. */
  newestGrant?: number;
  /** Instant (ms) since which it is held. */
  heldSince?: number;
  /** Instant (ms) since which an operator has it tried again. */
  trialSince?: number;
}

export interface Faults {
  byClass: Record<string, FaultStreak>;
  /** Over all classes, with those that took part. */
  all: (FaultStreak & { classes: string[] }) | null;
  /** Of images that cannot be copied. */
  images: FaultStreak | null;
}
