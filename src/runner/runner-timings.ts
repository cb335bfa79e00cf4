/** The runner's intervals and limits, in milliseconds. */
export const runnerTimings = {
  /** Between two samples of the size of the output and of the predictions file. */
  outputSample: 200,
  /** Between two reads of the kernel's log. */
  kernelLog: 1_000,
  /** Between two samples of a GPU. A peak that lasts longer than this is certain to be measured. */
  gpuSample: 400,
  /** Until the first sample: without persistence mode nvidia-smi first loads the driver, which takes seconds per GPU. */
  gpuFirstSample: 60_000,
  /** An nvidia-smi that prints nothing for this long is killed and restarted. */
  gpuSilence: 3_000,
  gpuRestart: 100,
  /** A process that runs out of memory keeps what it has for less time than this, while it unwinds and reports. */
  gpuLongestGap: 5_000,
  /** For one listing of the driver's accounting. */
  gpuListing: 20_000,
  /** Between two attempts to kill a container that is still starting. */
  killAgain: 2_000,
  /** Between two SIGTERMs from the launcher to a runner that may still be starting. */
  signalAgain: 1_000,
  /** For the release of a run's host: an engine may be busy with the container that has just ended. */
  release: 15_000,
  /** For the last process of a killed container to exit. */
  cgroupRemoval: 2_000,
  /** For writing trouble.json. */
  runnerError: 10_000,
};
