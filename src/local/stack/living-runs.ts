import { readdirSync, readFileSync } from 'node:fs';
import { identify } from '../process-identity.ts';

/**
 * Whether a run still has a process that cleans up after it: its runner, which has the job's id in its environment, or the command
 * with the pid at the end of the id, which tries the engine.
 */
export function livingRuns(): (jobId: string) => boolean {
  const running = new Set(
    readdirSync('/proc')
      .filter((name) => /^[0-9]+$/.test(name))
      .flatMap((pid) => jobIdIn(environmentOf(pid)) ?? []),
  );
  return (jobId) => {
    const pid = /-([0-9]{1,7})$/.exec(jobId)?.[1];
    return running.has(jobId) || (pid !== undefined && identify(Number(pid)) !== undefined);
  };
}

const jobIdIn = (environment: string): string | undefined => /(?:^|\0)AWS_BATCH_JOB_ID=([^\0]+)/.exec(environment)?.[1];

/** Empty for a process that has ended meanwhile. */
function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}
