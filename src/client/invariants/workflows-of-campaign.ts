import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { Round, WorkflowFact } from '../../campaign/invariants/facts.ts';
import { openHistoryPayload } from '../../codec/history-payload.ts';
import { canaryMember, canaryWorkflowId, runKeyOf, submissionWorkflowId } from '../../ids.ts';
import { awaitsJob } from '../../awaits-job.ts';
import { inParallel } from '../../in-parallel.ts';
import { searchAttributes } from '../../workflows/search-attributes.ts';
import type { Access } from '../access.ts';

const callsAtOnce = 16;

/** What the workflows are read with. */
interface Known {
  campaign: string;
  rounds: readonly Round[];
  /** The keys of all runs with objects in S3. */
  runs: ReadonlySet<string>;
}

/**
 * All workflows of a campaign's submissions and canaries that Temporal has, by its list: it shows how each ended, so that no
 * history is needed for that. Two things are not in the list and are read only where they matter: the round, from the first
 * event of the history, of submissions that were asked for several; and whether a workflow waits for a job, of those that run.
 */
export async function workflowsOf({ temporal }: Pick<Access, 'temporal'>, known: Known): Promise<WorkflowFact[]> {
  const query = `HoldoutCampaign = '${known.campaign}' AND WorkflowType IN ('submission', 'canary')`;
  const listed: WorkflowExecutionInfo[] = [];
  for await (const execution of temporal.workflow.list({ query, pageSize: 1_000 })) listed.push(execution);
  const reader = new WorkflowReader(temporal, known);
  return inParallel(callsAtOnce, listed, (execution) => reader.factOf(execution));
}

class WorkflowReader {
  private readonly roundsOf = new Map<string, number>();
  private readonly highest = new Map<string, number>();

  constructor(
    private readonly temporal: Access['temporal'],
    private readonly known: Known,
  ) {
    for (const { submission } of known.rounds) this.roundsOf.set(submission, (this.roundsOf.get(submission) ?? 0) + 1);
    for (const run of known.runs) {
      const [, member = '', n] = run.split('/');
      this.highest.set(member, Math.max(Number(n), this.highest.get(member) ?? 0));
    }
  }

  async factOf(execution: WorkflowExecutionInfo): Promise<WorkflowFact> {
    const { workflowId, typedSearchAttributes } = execution;
    const place = this.placeOf(workflowId);
    const status = statusOf(execution);
    const isWaiting = status === 'running' && (await this.awaitsJob(execution, place.canaryOf !== undefined));
    const n = place.canaryOf === undefined ? this.highest.get(place.member) : place.number;
    return {
      workflowId,
      member: place.member,
      canaryOf: place.canaryOf,
      sequence: status === 'completed' ? (place.number ?? (await this.roundOf(execution, place.member))) : undefined,
      status,
      outcome: typedSearchAttributes.get(searchAttributes.outcome),
      awaits: isWaiting && n !== undefined ? runKeyOf(this.known.campaign, place.member, n) : undefined,
    };
  }

  /** `number`: of a canary. */
  private placeOf(workflowId: string): { member: string; canaryOf: string | undefined; number: number | undefined } {
    const { campaign } = this.known;
    const [canaries] = canaryWorkflowId(campaign, '', 0).split('::');
    if (!workflowId.startsWith(`${canaries}:`))
      return {
        member: workflowId.slice(submissionWorkflowId(campaign, '').length),
        canaryOf: undefined,
        number: undefined,
      };
    const [name = '', n] = workflowId.slice(`${canaries}:`.length).split(':');
    return { member: canaryMember(name), canaryOf: name, number: Number(n) };
  }

  /** Almost every submission has one round, whose number needs no look into the history. */
  private async roundOf({ workflowId, runId }: WorkflowExecutionInfo, member: string): Promise<number | undefined> {
    if (this.roundsOf.get(member) === 1) return 1;
    const { workflow } = this.temporal;
    const { history } = await workflow.workflowService.getWorkflowExecutionHistory({
      namespace: workflow.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    });
    const [input] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    return input && (await openHistoryPayload<{ sequence: number }>(workflow, input, { workflowId }))?.sequence;
  }

  private async awaitsJob(
    { workflowId, runId, typedSearchAttributes }: WorkflowExecutionInfo,
    isCanary: boolean,
  ): Promise<boolean> {
    const stage = typedSearchAttributes.get(searchAttributes.stage);
    if (!isCanary && stage !== 'probing' && stage !== 'running') return false;
    return awaitsJob(this.temporal.workflow, { workflowId, runId });
  }
}

function statusOf({ status }: WorkflowExecutionInfo): WorkflowFact['status'] {
  if (status.name === 'RUNNING') return 'running';
  return status.name === 'COMPLETED' ? 'completed' : 'failed';
}
