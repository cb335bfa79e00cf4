/** Equal platform faults in a row. */
export interface FaultStreak {
  readonly cause: string;
  readonly count: number;
  /** The submission that all of them come from; null: several. */
  readonly only: string | null;
  /** Instant (ms) of the newest grant when the last of them was counted. */
  readonly newestGrant?: number;
  /** Instant (ms) since which the class, or the images, are blocked. */
  readonly heldSince?: number;
  /** Instant (ms) since which it is on trial, after an operator resumed it. */
  readonly trialSince?: number;
}

export interface Faults {
  readonly byClass: Readonly<Record<string, FaultStreak>>;
  /** Over all classes, with those that took part. */
  readonly all: (FaultStreak & { classes: string[] }) | null;
  /** Of images that cannot be copied. */
  readonly images: FaultStreak | null;
}
