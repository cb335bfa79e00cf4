/** One class a run could go to; money in micro-dollars, `hours` as expected. */
export interface RunOption {
  class: string;
  worst: number;
  expected: number;
  hours: number;
  /** Of its device; 0 where there is none. */
  gpuMemoryMiB: number;
  /** A probe let expect less than the whole wall clock. */
  isMeasured?: true;
}
