import { responsibleParty, type Reason } from '../model/reasons.ts';
import type { VerdictRule } from '../model/run-facts.ts';

/** Why a run or submission failed, and what the team or the host can do: one sentence each. */
export interface Why {
  sentence: string;
  next: string;
}

export const whyOfRule: Record<VerdictRule | 'no-outcome', Why> = {
  'stopped-from-outside': {
    sentence: 'The run was stopped from outside before it finished.',
    next: 'The team need not act; the run does not count against it.',
  },
  'engine-refused': {
    sentence: 'The container engine could not start the image.',
    next: 'The team checks entry point, command and working directory: each must exist in the image and be executable.',
  },
  'time-limit': {
    sentence: 'The container was stopped because it reached its wall-clock limit.',
    next: 'The team makes it faster. The host checks that the limit is the promised one (limits.wallClock).',
  },
  'host-out-of-memory-record': {
    sentence: 'The kernel killed a process of the container because its memory limit was reached.',
    next: 'The team uses less memory, for instance fewer workers or smaller batches (limits.memory is the promise).',
  },
  'gpu-text-and-peak': {
    sentence: 'The program ran out of GPU memory.',
    next: 'The team uses less GPU memory, for instance a smaller batch. The host can add a class with a larger GPU.',
  },
  'gpu-full-without-words': {
    sentence: 'The program failed while the GPU memory was full, without saying why.',
    next: 'It runs once more on a larger GPU if there is one. The team uses less GPU memory or prints its errors.',
  },
  'killed-unexplained': {
    sentence: 'SIGKILL ended the program, and no record says who sent it.',
    next: 'The team checks whether its own program kills processes; if not, the host runs it again (retry).',
  },
  'shared-memory-text': {
    sentence: 'The program failed and reported that shared memory (/dev/shm) was full.',
    next: 'The team uses fewer data-loader workers. The host can raise limits.sharedMemory.',
  },
  'host-memory-text': {
    sentence: 'The program failed and reported that it could not allocate memory; the kernel killed no process.',
    next: 'The team uses less memory, or allocates less at once.',
  },
  'read-only-file-system-text': {
    sentence: 'The program wrote outside /output and /tmp; the rest of its file system is read-only.',
    next: 'The team writes to $HOLDOUT_OUTPUT or /tmp. The host can allow other paths with `rootFilesystem: writable`.',
  },
  'exit-code': {
    sentence: 'The program exited with a code other than 0.',
    next: 'The team runs the same image on the public sample and fixes the error.',
  },
  'predictions-missing': {
    sentence: 'The program succeeded but wrote no predictions file to the output folder.',
    next: 'The team writes the file named by `predictions.file` into $HOLDOUT_OUTPUT.',
  },
  'predictions-refused': {
    sentence: 'The predictions file is a link, not a regular file, or too large.',
    next: 'The team writes a regular file of at most `predictions.maxBytes`.',
  },
  'no-outcome': {
    sentence: 'The run left no outcome, so the verdict follows the status of its Batch job.',
    next: 'The team need not act; the run does not count against it.',
  },
};

/** The explanation of every reason, for failures without a rule. */
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
    sentence: 'The image cannot be run as submitted.',
    next: 'The host passes the sentence above to the team, which builds and submits the image again.',
  },
  'spot-reclaimed': {
    sentence: 'AWS reclaimed the machine.',
    next: 'It runs again automatically, up to limits.platformRuns times; after that: retry.',
  },
  unplaceable: {
    sentence: 'No class provided a machine, or none has the promised memory.',
    next: 'The host checks the quotas and slots of the classes and limits.memory, then: retry.',
  },
  'platform-error': {
    sentence: 'The platform failed, not the submission.',
    next: 'The host checks the cause and the status of the Batch job, then: retry.',
  },
  'budget-exhausted': {
    sentence: 'The budget of the campaign, or its reserve for reruns, is used up.',
    next: 'The host raises the budget (raise-budget), then: retry.',
  },
  cancelled: {
    sentence: 'An operator cancelled it.',
    next: 'The host can run it again: retry.',
  },
};

interface EndedRun {
  reason: Reason | null;
  facts?: { rule: VerdictRule | 'no-outcome' | null };
}

/** Explains a failed run by its rule, or by its reason if the rule is unknown or does not decide the reason. */
export function whyOfRun({ reason, facts }: EndedRun): Why | undefined {
  if (reason === null) return undefined;
  const rule = facts?.rule ?? null;
  if (rule === null) return whyOfReason[reason];
  // Such a rule does not name the responsible party; the reason does.
  if (responsibleParty(reason) === 'team') return whyOfRule[rule];
  const { sentence, next } = whyOfReason[reason];
  return { sentence: `${whyOfRule[rule].sentence} ${sentence}`, next };
}

/** Explains a submission's failure by its last run, or by its reason if the run does not share it; undefined if it finished. */
export function whyOfEnd(reason: Reason | null, runs: readonly EndedRun[]): Why | undefined {
  if (reason === null) return undefined;
  const last = runs.at(-1);
  return (last?.reason === reason ? whyOfRun(last) : undefined) ?? whyOfReason[reason];
}
