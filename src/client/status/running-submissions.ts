import type { TypedSearchAttributes } from '@temporalio/common';
import { submissionStates, type SubmissionState } from '../../campaign/model/reasons.ts';
import type { Names } from '../../campaign/pseudonyms/names.ts';
import { submissionWorkflowId } from '../../ids.ts';
import { searchAttributes } from '../../workflows/search-attributes.ts';
import type { Access } from '../access.ts';

/** A submission whose workflow runs, from Temporal's list, which may be some seconds behind. */
export interface RunningSubmission {
  submission: string;
  stage: SubmissionState;
  /** The instance class of its run, or the class it waits for; null before it has requested a run. */
  class: string | null;
}

/** The running submissions of a campaign, or of one team. */
export async function runningSubmissions(
  { temporal }: Access,
  campaign: string,
  of?: { team: string; names: Names },
): Promise<RunningSubmission[]> {
  const prefix = submissionWorkflowId(campaign, '');
  const query =
    `HoldoutCampaign = '${campaign}' AND WorkflowType = 'submission' AND ExecutionStatus = 'Running'` +
    (of === undefined ? '' : ` AND HoldoutTeam IN (${teamsAs(of.team, of.names)})`);
  const found: RunningSubmission[] = [];
  for await (const { workflowId, typedSearchAttributes } of temporal.workflow.list({ query })) {
    found.push({ submission: workflowId.slice(prefix.length), ...stageIn(typedSearchAttributes) });
  }
  return found;
}

/** A team in Temporal's list: the submissions of a campaign with pseudonyms have that of their team. */
function teamsAs(given: string, names: Names): string {
  const team = names.realTeam(given);
  return [...new Set([team, names.pseudonymOfTeam(team)])].map((name) => `'${name}'`).join(', ');
}

/** Whether it has a job or is about to have one. */
export const mayHaveJob = ({ stage }: RunningSubmission): boolean => stage === 'probing' || stage === 'running';

/** The stage in the search attributes; unset until the workflow's first step. */
export function stageIn(attributes: TypedSearchAttributes): Pick<RunningSubmission, 'stage' | 'class'> {
  const text = attributes.get(searchAttributes.stage);
  return {
    stage: submissionStates.find((state) => state === text) ?? 'preparing',
    class: attributes.get(searchAttributes.class) ?? null,
  };
}

/** `running on g4`, `waiting for g4`. */
export function stageText({ stage, class: instanceClass }: Pick<RunningSubmission, 'stage' | 'class'>): string {
  if (instanceClass === null) return stage;
  if (stage === 'waiting') return `${stage} for ${instanceClass}`;
  return stage === 'probing' || stage === 'running' ? `${stage} on ${instanceClass}` : stage;
}
