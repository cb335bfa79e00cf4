import { WorkflowNotFoundError, type WorkflowExecutionDescription } from '@temporalio/client';
import { isFinal, type SubmissionState } from '../../campaign/model/reasons.ts';
import { submissionWorkflowId } from '../../ids.ts';
import { stageQuery } from '../../workflows/messages.ts';
import { searchAttributes } from '../../workflows/search-attributes.ts';
import type { Access } from '../access.ts';
import { answerWithinMs, queryProgress } from './query-progress.ts';
import { blockedLines, stuckLine } from './blocked-text.ts';
import { currentStageOf, stageText } from './running-submissions.ts';

/** What goes on with a submission. */
export interface StageNow {
  stage: SubmissionState;
  /** Which run, on or for which class. */
  note: string;
  /** Why it waits; null where that is not known, and for other stages. */
  because: string | null;
  /** ISO instant; null when no worker answers. */
  since: string | null;
}

interface Asked {
  campaign: string;
  submission: string;
  team: string;
}

/** What goes on with a submission whose workflow runs; null when none does. */
export async function stageNow(access: Access, asked: Asked): Promise<StageNow | null> {
  const now = await stageOfWorkflow(access, asked);
  if (now === null || isFinal(now.stage)) return null;
  return { ...now, because: await waitsBecause(access, asked, now.stage) };
}

async function stageOfWorkflow({ temporal }: Access, { campaign, submission }: Asked): Promise<StageNow | null> {
  const handle = temporal.workflow.getHandle(submissionWorkflowId(campaign, submission));
  const described = await handle.describe().catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  });
  if (described?.status.name !== 'RUNNING') return null;
  try {
    const { stage, note, since } = await temporal.withDeadline(Date.now() + answerWithinMs, () =>
      handle.query(stageQuery),
    );
    return { stage, note, because: null, since: new Date(since).toISOString() };
  } catch {
    // No worker takes the question: what its list entry says is known all the same.
    return listedStage(described);
  }
}

function listedStage({ typedSearchAttributes }: WorkflowExecutionDescription): StageNow {
  const stage = currentStageOf(typedSearchAttributes.get(searchAttributes.stage));
  const note = stageText({ stage, class: typedSearchAttributes.get(searchAttributes.class) ?? null });
  return { stage, note: note.slice(stage.length).trim(), because: null, since: null };
}

/** Only its campaign knows why it has to wait; one that does not answer is not waited for. */
async function waitsBecause(
  access: Access,
  { campaign, submission, team }: Asked,
  stage: SubmissionState,
): Promise<string | null> {
  try {
    const progress = await queryProgress(access, campaign, 0);
    const { pausedTeams } = progress;
    const stuck = progress.stuck.find((one) => one.submission === submission);
    if (stuck) return `stuck: ${stuckLine(stuck)}`;
    if (stage !== 'waiting') return null;
    if (pausedTeams.includes(team)) return `its team is paused: npm run holdout -- resume ${campaign} --team ${team}`;
    const holds = blockedLines(progress);
    return holds.length === 0 ? null : `the campaign holds: ${holds.join('; ')}`;
  } catch {
    return null;
  }
}
