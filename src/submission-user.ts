import { createHash } from 'node:crypto';

/** The host's rules against submissions use the same numbers (infra/host/reject-submissions.sh). */
export const submissionIds = {
  /** The group of every submission; no group of the host. They own nothing in an image. */
  group: 64001,
  /** Above the host's accounts. */
  firstUser: 2 ** 20,
  /** Few enough users for the header of a tar. */
  users: 2 ** 20,
} as const;

/**
 * The account of a run, `uid:gid`. Each run has its own user: the kernel limits processes, pending signals, message queues,
 * inotify instances and pipe memory per user, across containers, so that with a shared user one run could exhaust another's.
 */
export function submissionUser(jobId: string): string {
  const { group, firstUser, users } = submissionIds;
  const uid = firstUser + (createHash('sha256').update(jobId).digest().readUInt32BE() % users);
  return `${uid}:${group}`;
}
