import { ApplicationFailure } from '@temporalio/common';
import { CancellationScope, getExternalWorkflowHandle, setCurrentDetails } from '@temporalio/workflow';
import type { CanaryReport, CanaryVerdict } from '../../campaign/model/canaries/canary-report.ts';
import { canaryDetails } from '../../campaign/explanation/canary-text.ts';
import { longestCanarySeconds } from '../../campaign/model/canaries/canary-limits.ts';
import { campaignWorkflowId, canaryMember } from '../../ids.ts';
import type { Timings } from '../../timings.ts';
import { activities } from '../activity-proxies.ts';
import type { SealedInput } from '../authentication/sealed.ts';
import { causeOf, followJob, mayStillBeRunning, type FollowedJob } from '../jobs/follow-job.ts';
import { EndableRun } from '../jobs/end-unwanted-run.ts';
import { canaryEndedSignal, stuckSignal } from '../signals-and-queries.ts';

export interface CanaryInput extends SealedInput {
  campaign: string;
  class: string;
  n: number;
  /** Its cost in micro-dollars if nobody knows its time. */
  reserved: number;
  timings: Timings;
}

/** One canary: its job is submitted once, followed to its end, judged, recorded and reported. A cancellation ends the job. */
export async function canary(input: CanaryInput): Promise<CanaryVerdict['kind']> {
  const { campaign, class: name, n } = input;
  setCurrentDetails(canaryDetails(input, undefined));
  const wanted = new EndableRun(CancellationScope.current(), false);
  return CancellationScope.nonCancellable(async () => {
    const order = { campaign, submission: canaryMember(name), sequence: n, n, class: name };
    const report = await activities('main', `record of canary ${n} on ${name}`).recordCanary({
      ...order,
      report: await reportOf(input, order, wanted),
    });
    setCurrentDetails(canaryDetails(input, report));
    await tell(campaign, (handle) => handle.signal(canaryEndedSignal, report));
    return report.verdict.kind;
  });
}

type Order = { campaign: string; submission: string; sequence: number; n: number; class: string };

async function reportOf({ reserved, timings }: CanaryInput, order: Order, wanted: EndableRun): Promise<CanaryReport> {
  const { campaign, submission, sequence, n, class: name } = order;
  const job = await followJob<CanaryReport>(
    {
      summary: `canary ${n} on ${name}`,
      submit: (by) => by.submitCanary(order),
      withdraw: (by) => by.submitCanary({ ...order, withdraw: true }),
      awaitEnd: (by, jobId, giveUp) => by.awaitCanary({ ...order, jobId, giveUp }),
      endJobs: (by, jobId) => by.endJobs({ ...order, jobId, queue: null, longestSeconds: longestCanarySeconds }),
    },
    {
      wanted,
      timings,
      reportStuck: (stuck) => tell(campaign, (handle) => handle.signal(stuckSignal, { submission, sequence, stuck })),
    },
  );
  return job.kind === 'ended' ? job.end : withoutOutcome(order, job, { isOver: wanted.isOver, reserved });
}

function withoutOutcome(
  order: Order,
  job: Exclude<FollowedJob<unknown>, { kind: 'ended' }>,
  { isOver, reserved }: { isOver: boolean; reserved: number },
): CanaryReport {
  switch (job.kind) {
    case 'refused':
      return neverRan(order, 'platform-error', job.cause);
    case 'abandoned':
      return neverRan(order, isOver ? 'cancelled' : 'platform-error', 'the canary was given up before its job began');
    case 'left-behind': {
      const ended = neverRan(order, 'cancelled', `${mayStillBeRunning(job.jobId, 'its job')}: no worker could stop it`);
      return { ...ended, jobId: job.jobId, ...worstCase(reserved) };
    }
    case 'failed': {
      const cause = causeOf(job.error, order) + (job.mayStillRun ? `; ${mayStillBeRunning(job.jobId, 'its job')}` : '');
      return { ...neverRan(order, 'platform-error', cause), jobId: job.jobId, ...worstCase(reserved) };
    }
  }
}

const neverRan = ({ class: name, n }: Order, reason: 'platform-error' | 'cancelled', cause: string): CanaryReport => ({
  class: name,
  n,
  jobId: null,
  verdict: { kind: 'no-outcome', reason, cause },
  billedSeconds: 0,
  costMicroUsd: 0,
});

/** What counts for a canary whose time nobody knows. */
const worstCase = (reserved: number): Pick<CanaryReport, 'billedSeconds' | 'costMicroUsd'> => ({
  billedSeconds: longestCanarySeconds,
  costMicroUsd: reserved,
});

/** A campaign that does not run now reads the record when it comes back. */
async function tell(
  campaign: string,
  send: (handle: ReturnType<typeof getExternalWorkflowHandle>) => Promise<void>,
): Promise<void> {
  try {
    await send(getExternalWorkflowHandle(campaignWorkflowId(campaign)));
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || error.type !== 'ExternalWorkflowExecutionNotFound') throw error;
  }
}
