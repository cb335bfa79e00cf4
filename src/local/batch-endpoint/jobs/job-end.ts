import type { JobEnd } from './job-executor.ts';
import type { JobRecord } from './job-record.ts';
import { endReason } from './status-reasons.ts';

/** The record after the end of its process, in AWS's words: FAILED unless it exited by itself with 0. */
export function endedJob(record: JobRecord, end: JobEnd): JobRecord {
  const { detail } = record;
  const statusReason = record.stop?.statusReason ?? endReason(end, detail.jobId);
  const seen = end.kind === 'exited' ? { exitCode: end.code } : end.kind === 'unstartable' ? { reason: end.cause } : {};
  const { containerInstanceArn, taskArn, logStreamName } = detail.container;
  const attempt = { containerInstanceArn, taskArn, logStreamName, networkInterfaces: [], ...seen };
  // The end is a file's time, which lags behind the clock by some milliseconds.
  const stoppedAt = Math.max(end.at, detail.startedAt ?? end.at);
  const succeeded = end.kind === 'exited' && end.code === 0 && record.stop === undefined;
  return {
    ...record,
    detail: {
      ...detail,
      status: succeeded ? 'SUCCEEDED' : 'FAILED',
      statusReason,
      stoppedAt,
      container: { ...detail.container, ...seen },
      attempts: [{ startedAt: detail.startedAt, stoppedAt, statusReason, container: attempt }],
    },
  };
}

/** The record of a job that was removed from its queue before it started, by a caller if there is a mark. */
export function droppedJob(record: JobRecord, statusReason: string, mark?: 'isCancelled' | 'isTerminated'): JobRecord {
  const marks = mark === undefined ? {} : { [mark]: true };
  return { ...record, detail: { ...record.detail, status: 'FAILED', statusReason, stoppedAt: Date.now(), ...marks } };
}
