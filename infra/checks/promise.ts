import type { InfraSettings } from '../src/settings/infra-settings.ts';
import type { Installation } from './installation.ts';

/** What the infrastructure promises, and how an installation breaks it: one line per fault. */
export interface Promised {
  name: string;
  faultsIn: (installation: Installation, settings: InfraSettings) => string[];
}

export const unless = (holds: boolean, fault: string): string[] => (holds ? [] : [fault]);

/** The two lists without what they share, as faults. */
export const differences = (what: string, found: readonly string[], wanted: readonly string[]): string[] => [
  ...found.filter((one) => !wanted.includes(one)).map((one) => `${what}: ${one} is not meant to be`),
  ...wanted.filter((one) => !found.includes(one)).map((one) => `${what}: ${one} is missing`),
];
