import type { ReadOnly } from './read-only.ts';

/** How a team is treated. */
export interface Treatment {
  readonly team: string;
  /** 1 (first) to 5. */
  readonly priority: number;
  /** 0.001 to 1000. */
  readonly weight: number;
  readonly paused: boolean;
}

export const defaultTreatment = { priority: 3, weight: 1, paused: false } as const;

export const treatmentOf = (
  { treatments }: ReadOnly<{ treatments: Map<number, Treatment> }>,
  team: number,
): Omit<Treatment, 'team'> => treatments.get(team) ?? defaultTreatment;
