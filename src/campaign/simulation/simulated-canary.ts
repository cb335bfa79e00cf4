import { controls, type CanaryOutcome, type CanarySpec } from '../model/canary.ts';

const held = { holds: true, found: 'simulated' } as const;

/** The outcome of a canary that finds that everything holds. Instants in ms. */
export const simulatedCanary = (
  { runKey, instanceClass }: CanarySpec,
  jobId: string,
  { startedAt, stoppedAt }: { startedAt: number; stoppedAt: number },
): CanaryOutcome => ({
  version: 1,
  runKey,
  jobId,
  startedAt: new Date(startedAt).toISOString(),
  stoppedAt: new Date(stoppedAt).toISOString(),
  controls: controls.map((control) => ({ control, ...held })),
  device: instanceClass.gpu === 'none' ? null : held,
});
