import type { Mutant } from './mutate.ts';

/** A change that breaks a promise, as a hurried commit or a hand in the console might make it. */
export interface Mutation {
  name: string;
  /** The promise that has to notice. */
  breaks: string;
  apply: (mutant: Mutant) => void;
}
