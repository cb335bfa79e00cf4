import { performance } from 'node:perf_hooks';

/** Starts to measure this process; returns what prints its cost since, and its peak of memory, as JSON. */
export function startCost(): () => void {
  const [begun, usage] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(usage);
    const { maxRSS } = process.resourceUsage();
    console.log(
      JSON.stringify({
        seconds: (performance.now() - begun) / 1_000,
        cpuSeconds: (user + system) / 1e6,
        peakMiB: maxRSS / 1_024,
      }),
    );
  };
}
