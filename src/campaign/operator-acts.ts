/** What an operator may ask of a running campaign, and what the operators' log keeps of it. Pure. */

export interface Signature {
  by?: string;
  reason?: string;
}
export type TeamAct = Signature & { team: string };
export type ReprioritiseAct = TeamAct & {
  /** 1 (first) to 5. */
  priority?: number;
  /** 0.001 to 1000. */
  weight?: number;
};

/** A line of the operators' log; `refused` says why nothing changed. */
export interface OperatorLine {
  at: string;
  act: string;
  by: string;
  reason?: string;
  refused?: string;
}

export const defaultPriority = 3;

/** Why a reprioritisation, which may be any JSON somebody typed, cannot be taken, or undefined when it can. */
export function faultOfReprioritise({ priority, weight }: ReprioritiseAct): string | undefined {
  if (priority === undefined && weight === undefined) return 'neither a priority nor a weight was given';
  if (priority !== undefined && !(Number.isInteger(priority) && priority >= 1 && priority <= 5)) {
    return `priority ${JSON.stringify(priority)} is not a whole number from 1 to 5`;
  }
  if (weight !== undefined && !(Number.isFinite(weight) && weight >= 0.001 && weight <= 1000)) {
    return `weight ${JSON.stringify(weight)} is not between 0.001 and 1000`;
  }
  return undefined;
}
