import { responsibleParty, type Reason } from '../model/reasons.ts';
import type { VerdictRule } from '../model/run-facts.ts';

/** Why something ended as it did, and who can do what about it: one plain sentence each. */
export interface Why {
  sentence: string;
  next: string;
}

/** The words for every rule that can decide over a run. Pure. */
export const whyOfRule: Record<VerdictRule | 'no-outcome', Why> = {
  'stopped-from-outside': {
    sentence: 'The run was stopped from outside before it ended.',
    next: 'Nothing for the team; the run does not count against it.',
  },
  'engine-refused': {
    sentence: 'The container engine could not start the image.',
    next: 'The team checks entry point, command and working directory: each must exist in the image and be executable.',
  },
  'time-limit': {
    sentence: 'The container was still running when its wall-clock limit ended it.',
    next: 'The team makes it faster. The host compares the limit with what was promised (limits.wallClock).',
  },
  'host-out-of-memory-record': {
    sentence: 'The kernel killed a process of the container because its memory limit was reached.',
    next: 'The team uses less memory, for instance fewer workers or smaller batches (limits.memory is the promise).',
  },
  'gpu-text-and-peak': {
    sentence: 'The GPU memory was full, and the program failed for lack of it.',
    next: 'The team uses less GPU memory, for instance a smaller batch. The host can add a class with a larger device.',
  },
  'gpu-full-without-words': {
    sentence: 'The program failed while the GPU memory was full, without saying why.',
    next: 'It gets one run on a larger device, if there is one. The team uses less GPU memory or prints its errors.',
  },
  'killed-unexplained': {
    sentence: 'SIGKILL ended the program, and no record says who sent it.',
    next: 'The team looks for a program of its own that kills processes; if there is none, the host runs it again (retry).',
  },
  'shared-memory-text': {
    sentence: 'The program failed and said that shared memory (/dev/shm) was full.',
    next: 'The team uses fewer data-loader workers. The host can raise limits.sharedMemory.',
  },
  'host-memory-text': {
    sentence: 'The program failed and said that it could not allocate memory; the kernel killed nothing.',
    next: 'The team uses less memory, or asks for less of it at once.',
  },
  'read-only-file-system-text': {
    sentence: 'The program wrote outside /output and /tmp; the rest of its file system is read-only.',
    next: 'The team writes to $HOLDOUT_OUTPUT or /tmp. The host can allow it with `rootFilesystem: writable`.',
  },
  'exit-code': {
    sentence: 'The program ended with an exit code other than 0.',
    next: 'The team runs the same image on the public sample and fixes the error.',
  },
  'predictions-missing': {
    sentence: 'The program ended well but left no predictions file in the output folder.',
    next: 'The team writes the file named by `predictions.file` into $HOLDOUT_OUTPUT.',
  },
  'predictions-refused': {
    sentence: 'What the program left as predictions file is a link, not a file, or too large.',
    next: 'The team writes a plain file of at most `predictions.maxBytes`.',
  },
  'no-outcome': {
    sentence: 'The run left no outcome, so what Batch says of its job decided.',
    next: 'Nothing for the team; the run does not count against it.',
  },
};

/** The words for every reason, for what no rule explains. Pure. */
export const whyOfReason: Record<Reason, Why> = {
  'gpu-out-of-memory': whyOfRule['gpu-text-and-peak'],
  'host-out-of-memory': whyOfRule['host-out-of-memory-record'],
  'time-limit': whyOfRule['time-limit'],
  'submission-error': whyOfRule['exit-code'],
  'output-missing': whyOfRule['predictions-missing'],
  'output-invalid': {
    sentence: 'The predictions cannot be scored.',
    next: 'The team corrects the file: a header, one row for every input, a finite number each.',
  },
  'image-refused': {
    sentence: 'The image cannot be run as it was handed in.',
    next: 'The team builds and hands in the image again; the host gives it the sentence above.',
  },
  'spot-reclaimed': {
    sentence: 'AWS took the machine away.',
    next: 'It runs again by itself within limits.platformRuns; after that: retry.',
  },
  unplaceable: {
    sentence: 'No class gave it a machine, or none has the memory that was promised.',
    next: 'The host looks at quotas and slots of the classes and at limits.memory, then: retry.',
  },
  'platform-error': {
    sentence: 'The platform failed, not the submission.',
    next: 'The host looks at the cause and at what Batch says, then: retry.',
  },
  'budget-exhausted': {
    sentence: 'The money of the campaign, or of its further runs, was used up.',
    next: 'The host raises the budget (raise-budget), then: retry.',
  },
  cancelled: {
    sentence: 'An operator ended it.',
    next: 'The host may run it again: retry.',
  },
};

interface EndedRun {
  reason: Reason | null;
  facts?: { rule: VerdictRule | 'no-outcome' | null };
}

/**
 * Why a run failed; undefined when it ended well. By its rule, and by its reason where the rule alone does not tell or is
 * not known. Pure.
 */
export function whyOfRun({ reason, facts }: EndedRun): Why | undefined {
  if (reason === null) return undefined;
  const rule = facts?.rule ?? null;
  if (rule === null) return whyOfReason[reason];
  // The rule finds no fault of the team; the reason says whose it is.
  if (responsibleParty(reason) === 'team') return whyOfRule[rule];
  const { sentence, next } = whyOfReason[reason];
  return { sentence: `${whyOfRule[rule].sentence} ${sentence}`, next };
}

/** Why a submission ended so, by its reason and by the last run that failed for it; undefined when it finished. Pure. */
export function whyOfEnd(reason: Reason | null, runs: readonly EndedRun[]): Why | undefined {
  if (reason === null) return undefined;
  const last = runs.at(-1);
  return (last?.reason === reason ? whyOfRun(last) : undefined) ?? whyOfReason[reason];
}
