import { WorkflowNotFoundError, type WorkflowExecutionDescription } from '@temporalio/client';
import { isFinal, type SubmissionState } from '../../campaign/model/reasons.ts';
import type { Names } from '../../campaign/pseudonyms/names.ts';
import { submissionWorkflowId } from '../../ids.ts';
import { queryDeadlineMs } from '../../timings.ts';
import { stageQuery } from '../../workflows/signals-and-queries.ts';
import type { Access } from '../access.ts';
import { stageIn, stageText } from './running-submissions.ts';
import { waitsBecause, type SubmissionId } from './trouble/why-waiting.ts';

/** The stage of a submission under way. */
export interface StageNow {
  stage: SubmissionState;
  /** Which run, on or for which instance class. */
  note: string;
  /** Why it waits, or why it runs on demand; null if unknown, and for other stages. */
  because: string | null;
  /** ISO instant; null if no worker answers. */
  since: string | null;
}

/** The stage of a submission; null if its workflow does not run. */
export async function stageNow(access: Access, id: SubmissionId, names: Names): Promise<StageNow | null> {
  const now = await stageOfWorkflow(access, id);
  if (now === null || isFinal(now.stage)) return null;
  return { ...now, because: await waitsBecause(access, id, now.stage, names) };
}

async function stageOfWorkflow({ temporal }: Access, { campaign, submission }: SubmissionId): Promise<StageNow | null> {
  const handle = temporal.workflow.getHandle(submissionWorkflowId(campaign, submission));
  const described = await handle.describe().catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  });
  if (described?.status.name !== 'RUNNING') return null;
  try {
    const { stage, note, since } = await temporal.withDeadline(Date.now() + queryDeadlineMs, () =>
      handle.query(stageQuery),
    );
    return { stage, note, because: null, since: new Date(since).toISOString() };
  } catch {
    // No worker answers the query; Temporal's list knows the stage.
    return listedStage(described);
  }
}

function listedStage({ typedSearchAttributes }: WorkflowExecutionDescription): StageNow {
  const { stage, class: instanceClass } = stageIn(typedSearchAttributes);
  const note = stageText({ stage, class: instanceClass }).slice(stage.length).trim();
  return { stage, note, because: null, since: null };
}
