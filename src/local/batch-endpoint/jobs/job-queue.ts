import type { StartUp } from '../start-up-file.ts';
import type { DiskRoom } from './disk-room.ts';
import { droppedJob } from './job-end.ts';
import { type JobRecord } from './job-record.ts';
import type { JobStore } from './job-store.ts';
import { blockedBy } from './placement.ts';
import { blockedText, diskText, isDiskText, limitText } from './status-reasons.ts';
import { frontLength, type QueueFront } from './queue-front.ts';

type Queue = StartUp['queues'][number];

/** AWS's limit on the tags of a job and its definition together, when they are propagated to the task. */
const maxTaskTags = 50;

/**
 * The waiting jobs of one queue: SUBMITTED, PENDING, RUNNABLE, in order of acceptance. A job that no machine can take blocks
 * those behind it, and shows Batch's reason while it is at the head.
 */
export class JobQueue {
  constructor(
    private readonly queue: Queue,
    private readonly jobs: JobStore,
    private readonly front: QueueFront,
    private readonly disk: DiskRoom,
  ) {}

  /** Takes a SUBMITTED job to PENDING and a PENDING one to RUNNABLE; any other stays as it is. */
  advance(jobId: string): void {
    const { jobs } = this;
    const job = jobs.get(jobId);
    if (job?.detail.status === 'SUBMITTED') jobs.show(inState(job, 'PENDING'));
    if (job?.detail.status !== 'PENDING') return;
    if ((job.taskTags ?? 0) <= maxTaskTags) return jobs.show(inState(job, 'RUNNABLE'));
    jobs.put(droppedJob(job, `The job and its definition have more than ${maxTaskTags} tags to propagate`));
  }

  /** The jobs that can start now. */
  startable(): JobRecord[] {
    const { jobs } = this;
    if (this.disk.shortage !== undefined) return [];
    const first = jobs.firstRunnable(this.queue.name, this.queue.slots - jobs.activeIn(this.queue.name));
    const blocked = first.findIndex((job) => this.reasonOf(job) !== undefined);
    return blocked < 0 ? first : first.slice(0, blocked);
  }

  /** Notes which jobs are first, and tells the head why it waits or, after the queue's time limit, cancels it. */
  watchHead(now: number): void {
    const { jobs, front } = this;
    const { name } = this.queue;
    const first = jobs.firstRunnable(name, frontLength);
    front.note(
      name,
      first.map(({ detail }) => detail.jobId),
      now,
    );
    const [head] = first;
    if (head === undefined) return;
    const { shortage } = this.disk;
    if (shortage !== undefined) return this.explain(head, diskText(shortage));
    const reason = this.reasonOf(head);
    if (reason === undefined) {
      if (isDiskText(head.detail.statusReason)) this.explain(head, undefined);
      return;
    }
    const since = front.of(name)[0]?.since ?? now;
    const limit = this.queue.jobStateTimeLimitActions.find((action) => action.reason === reason);
    if (limit !== undefined && now - since > limit.maxTimeSeconds * 1000) {
      return jobs.put(droppedJob(head, limitText(reason), 'isCancelled'));
    }
    this.explain(head, blockedText(reason, this.queue.machine?.instanceType ?? name));
  }

  private explain(head: JobRecord, statusReason: string | undefined): void {
    const { statusReason: before, ...detail } = head.detail;
    if (before === statusReason) return;
    this.jobs.show({ ...head, detail: { ...detail, ...(statusReason !== undefined && { statusReason }) } });
  }

  private reasonOf({ detail }: JobRecord): ReturnType<typeof blockedBy> {
    return blockedBy(this.queue, detail.container.resourceRequirements);
  }
}

const inState = (job: JobRecord, status: 'PENDING' | 'RUNNABLE'): JobRecord => ({
  ...job,
  detail: { ...job.detail, status },
});
