import type { OffSpot } from '../model/messages.ts';
import type { RunOption } from '../model/run-option.ts';

/** What speaks for an on-demand machine. */
interface SpotRisk {
  /** Machines that were taken from the submission's runs. */
  machinesLost: number;
  /** Until the deadline. */
  hoursLeft: number;
}

export const isSpot = ({ onDemandAfter }: RunOption): boolean => onDemandAfter !== undefined;

/** The option that a run uses if every class is open and the deadline far away. */
export function preferredFarFromDeadline(options: readonly RunOption[], machinesLost: number): RunOption | undefined {
  const onDemand = options.find((option) => !isSpot(option));
  const risk = { machinesLost, hoursLeft: Infinity };
  return options.find((option) => onDemand === undefined || reasonAgainstSpot(option, onDemand, risk) === undefined);
}

/**
 * Why a run must not go to this Spot option, given an on-demand one that it could use instead. A Spot machine may be taken
 * at the very end of a run, so the time left has to suffice for the run on Spot and once more on demand.
 */
export function reasonAgainstSpot(
  spot: RunOption,
  onDemand: RunOption,
  { machinesLost, hoursLeft }: SpotRisk,
): OffSpot | undefined {
  if (spot.onDemandAfter === undefined) return undefined;
  if (machinesLost >= spot.onDemandAfter) return 'losses';
  return spot.hours + onDemand.hours > hoursLeft ? 'deadline' : undefined;
}
