import { submissionWorkflowId } from '../ids.ts';
import { searchAttributes } from '../workflows/search-attributes.ts';
import type { Access } from './access.ts';

/** A submission whose workflow runs, by Temporal's list, which may be some seconds behind. */
export interface UnderWay {
  submission: string;
  /** It has a job, or waits for that of its probe. */
  mayHaveJob: boolean;
}

/** What runs of a campaign, or of one team. */
export async function underWay({ temporal }: Access, campaign: string, team?: string): Promise<UnderWay[]> {
  const prefix = submissionWorkflowId(campaign, '');
  const query =
    `HoldoutCampaign = '${campaign}' AND WorkflowType = 'submission' AND ExecutionStatus = 'Running'` +
    (team === undefined ? '' : ` AND HoldoutTeam = '${team}'`);
  const found: UnderWay[] = [];
  for await (const { workflowId, typedSearchAttributes } of temporal.workflow.list({ query })) {
    const stage = typedSearchAttributes.get(searchAttributes.stage);
    found.push({
      submission: workflowId.slice(prefix.length),
      mayHaveJob: stage === 'probing' || stage === 'running',
    });
  }
  return found;
}
