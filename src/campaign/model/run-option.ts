/** One class that a run could use. `worst` and `expected` are costs in micro-dollars; `hours` is the expected duration. */
export interface RunOption {
  class: string;
  worst: number;
  expected: number;
  hours: number;
  /** 0 without a device. */
  gpuMemoryMiB: number;
  /** On Spot: see {@link InstanceClass}. */
  onDemandAfter?: number;
  /** A probe predicts less than the whole wall clock. */
  isMeasured?: true;
}
