import type { RunSpec } from '../run-spec.ts';

/** spec.json of a canary: a run of Holdout's own hostile program that shows what the confinement on a class really holds. */
export interface CanarySpec extends Pick<RunSpec, 'version' | 'runKey' | 'instanceClass' | 'limits'> {
  purpose: 'canary';
}

/** outcome.json of a canary, written last by the runner. */
export interface CanaryOutcome {
  version: 1;
  runKey: string;
  jobId: string;
  /** ISO instants on the runner's clock. */
  startedAt: string;
  stoppedAt: string;
  /** One for each control that the hostile program tried, in a fixed order. */
  controls: ControlCheck[];
  /** Null on a class without a device. */
  device: DeviceCheck | null;
}

/** The parts of the confinement that a canary tries. */
export const controls = [
  'network',
  'user',
  'capabilities',
  'memory',
  'processes',
  'read-only-root',
  'read-only-inputs',
  'output-size',
  'system-calls',
  'environment',
] as const;
export type Control = (typeof controls)[number];

/** Whether a control held, and what the program found, in Holdout's words: nothing that a contestant wrote. */
export interface ControlCheck {
  control: Control;
  holds: boolean;
  found: string;
}

/** Whether the device that the runner measures is the one that the container sees, and is measured right. */
export interface DeviceCheck {
  holds: boolean;
  found: string;
}
