import type { Actor } from '../../../src/errors/actor.ts';
import type { SetUp } from './set-up.ts';

/** One thing that a set-up lacks, and what the first two lines of the command say about it. */
export interface Case {
  /** What is taken away. */
  what: string;
  take?: (setUp: SetUp) => Promise<void>;
  /** Puts it back. */
  give?: (setUp: SetUp) => Promise<void>;
  /** Changes to the environment. */
  env?: NodeJS.ProcessEnv;
  /** What libfaketime makes of the clock of the command's machine: `+10m`. */
  clock?: string;
  /** Changes to the campaign file. */
  edit?: (yaml: string) => string;
  /** Default: `start` of the campaign file. */
  command?: { program: 'client' | 'worker'; args: string[] };
  says: RegExp;
  /** Who acts, which ends the sentence. */
  who: Actor;
  next: RegExp;
  /** The check of `doctor --aws` that is MISSING too, and what its line names. */
  doctor?: { check: string; names: RegExp };
}

/** The next step of what infra/ makes. */
export const deploy = /npm --prefix infra run deploy/;
/** One pattern from several; text stands for a pattern too. */
export const join = (...patterns: (RegExp | string)[]): RegExp =>
  new RegExp(patterns.map((part) => (typeof part === 'string' ? part : part.source)).join(''));
