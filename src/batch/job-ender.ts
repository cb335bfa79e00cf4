import { setTimeout as delay } from 'node:timers/promises';
import {
  ClientException,
  TerminateJobCommand,
  TerminateJobsCommand,
  type BatchClient,
  type TerminateJobsErrorDetail,
} from '@aws-sdk/client-batch';
import { isRefused } from './refused-call.ts';

/** The most ids that TerminateJobs accepts. */
const idsPerCall = 50;

/** Characters of a reason that TerminateJob accepts. */
const longestReason = 1024;

/** How long an order waits for others that go with it, in ms: an abort cancels hundreds of runs within a second. */
const gatheringMs = 200;

interface Order {
  jobId: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Terminates jobs in any state, up to 50 per call: all that this process gives up within a moment go together. There is one
 * per process. CancelJobs is of no use: it does nothing to a job that has started. TerminateJobs is younger than TerminateJob;
 * where Batch refuses it, the jobs are ended one by one.
 */
export class JobEnder {
  private readonly gathering = new Map<string, Order[]>();

  constructor(
    private readonly batch: BatchClient,
    /** Between two attempts of {@link insist}, in ms. */
    private readonly insistEveryMs = 30_000,
  ) {}

  /** Resolves once Batch has taken the order, and for a job that Batch does not know. `given` becomes its statusReason. */
  end(jobId: string, given: string): Promise<void> {
    const reason = given.slice(0, longestReason);
    return new Promise((resolve, reject) => {
      const orders = this.gathering.get(reason) ?? [];
      orders.push({ jobId, resolve, reject });
      if (orders.length > 1) return;
      this.gathering.set(reason, orders);
      setTimeout(() => {
        this.gathering.delete(reason);
        for (let from = 0; from < orders.length; from += idsPerCall) {
          void this.endAll(orders.slice(from, from + idsPerCall), reason);
        }
      }, gatheringMs);
    });
  }

  /** Goes on in the background until Batch takes the order, for a job that its run has left behind; `forMs` at most. */
  async insist(jobId: string, reason: string, forMs: number): Promise<void> {
    const until = Date.now() + forMs;
    do {
      const isOrdered = await this.end(jobId, reason).then(
        () => true,
        () => false,
      );
      if (isOrdered) return;
      await delay(this.insistEveryMs, undefined, { ref: false });
    } while (Date.now() < until);
  }

  private async endAll(orders: Order[], reason: string): Promise<void> {
    const errors = orders.length === 1 ? 'unsupported' : await this.bulk(orders, reason);
    if (errors === 'unsupported') {
      await Promise.all(orders.map((order) => this.endOne(order, reason)));
      return;
    }
    const failed = new Map(errors.map((error) => [error.job, error]));
    for (const { jobId, resolve, reject } of orders) {
      const error = failed.get(jobId);
      // A job that Batch does not know needs no end.
      if (error === undefined || error.code === 'ClientException') resolve();
      else reject(new Error(`TerminateJobs ${jobId}: ${error.code}: ${error.message}`));
    }
  }

  /** The jobs that could not be ended; `unsupported`: the whole call was refused. */
  private async bulk(orders: Order[], reason: string): Promise<TerminateJobsErrorDetail[] | 'unsupported'> {
    try {
      const jobs = orders.map(({ jobId }) => jobId);
      return (await this.batch.send(new TerminateJobsCommand({ jobs, reason }))).errors ?? [];
    } catch (error) {
      if (isRefused(error)) return 'unsupported';
      for (const { reject } of orders) reject(error);
      return [];
    }
  }

  private async endOne({ jobId, resolve, reject }: Order, reason: string): Promise<void> {
    try {
      await this.batch.send(new TerminateJobCommand({ jobId, reason }));
      resolve();
    } catch (error) {
      if (error instanceof ClientException) resolve();
      else reject(error);
    }
  }
}
