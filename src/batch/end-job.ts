import { ClientException, TerminateJobCommand, type BatchClient } from '@aws-sdk/client-batch';
import { endedByHoldout } from './job-fate.ts';

/** Ends a job in whatever state it is. One that Batch does not know (any more) needs no ending. */
export async function endJob(batch: BatchClient, jobId: string, why: keyof typeof endedByHoldout): Promise<void> {
  try {
    await batch.send(new TerminateJobCommand({ jobId, reason: endedByHoldout[why] }));
  } catch (error) {
    if (!(error instanceof ClientException)) throw error;
  }
}
