import { responsibleParty, type Reason } from '../model/reasons.ts';
import type { VerdictRule } from '../model/run-facts.ts';

/** Why a run or submission failed, and what the team or the host can do about it. */
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
    next: 'The team should check that entry point, command and working directory exist in the image and are executable.',
  },
  'time-limit': {
    sentence: 'The container was stopped because it reached its wall-clock limit.',
    next: 'The team should make it faster. The host should check that limits.wallClock is the promised limit.',
  },
  'host-out-of-memory-record': {
    sentence: 'The kernel killed a process of the container because its memory limit was reached.',
    next: 'The team should use less memory, such as fewer workers or smaller batches. limits.memory is the promised limit.',
  },
  'gpu-text-and-peak': {
    sentence: 'The program ran out of GPU memory.',
    next: 'The team should use less GPU memory, such as a smaller batch. The host can add a class with a larger GPU.',
  },
  'gpu-full-without-words': {
    sentence: 'The program failed while the GPU memory was full, but did not report why.',
    next: 'It is retried once on a larger GPU if there is one. The team should use less GPU memory or print its errors.',
  },
  'killed-unexplained': {
    sentence: 'SIGKILL ended the program, and no record says who sent it.',
    next: 'The team should check whether its own program kills processes. If not, the host can run it again: retry.',
  },
  'shared-memory-text': {
    sentence: 'The program failed and reported that shared memory (/dev/shm) was full.',
    next: 'The team should use fewer data-loader workers. The host can raise limits.sharedMemory.',
  },
  'host-memory-text': {
    sentence: 'The program failed and reported that it could not allocate memory, but the kernel killed no process.',
    next: 'The team should use less memory, or allocate less at a time.',
  },
  'read-only-file-system-text': {
    sentence: 'The program wrote outside /output and /tmp; the rest of its file system is read-only.',
    next: 'The team should write to $HOLDOUT_OUTPUT or /tmp. The host can allow other paths with `rootFilesystem: writable`.',
  },
  'exit-code': {
    sentence: 'The program exited with a code other than 0.',
    next: 'The team should run the same image on the public sample and fix the error.',
  },
  'predictions-missing': {
    sentence: 'The program succeeded but wrote no predictions file to the output folder.',
    next: 'The team should write the file named by `predictions.file` to $HOLDOUT_OUTPUT.',
  },
  'predictions-refused': {
    sentence: 'The predictions file is a link, no regular file, or too large.',
    next: 'The team should write a regular file of at most `predictions.maxBytes`.',
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
    next: 'The team should correct the file: a header, and one row with a finite number for every input.',
  },
  'image-refused': {
    sentence: 'The image cannot be run as submitted.',
    next: 'The host should pass the sentence above to the team, which has to rebuild the image and submit it again.',
  },
  'spot-reclaimed': {
    sentence: 'AWS reclaimed the machine.',
    next: 'It is retried automatically, up to limits.platformRuns times. After that, the host can run it again: retry.',
  },
  unplaceable: {
    sentence: 'No class provided a machine, or none has the promised memory.',
    next: 'The host should check the quotas and slots of the classes and limits.memory, then retry.',
  },
  'platform-error': {
    sentence: 'The platform failed, not the submission.',
    next: 'The host should check the cause and the status of the Batch job, then retry.',
  },
  'budget-exhausted': {
    sentence: 'The budget of the campaign, or its reserve for reruns, is used up.',
    next: 'The host can raise the budget (raise-budget), then retry.',
  },
  cancelled: {
    sentence: 'An operator or a rule of the host ended it.',
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
