import { WorkflowNotFoundError, type WorkflowExecutionDescription } from '@temporalio/client';
import { isFinal, type SubmissionState } from '../../campaign/model/reasons.ts';
import type { Names } from '../../campaign/pseudonyms/names.ts';
import { shown } from '../../campaign/pseudonyms/shown.ts';
import { submissionWorkflowId } from '../../ids.ts';
import { queryDeadlineMs } from '../../timings.ts';
import { stageQuery } from '../../workflows/signals-and-queries.ts';
import type { Access } from '../access.ts';
import { queryProgress } from './query-progress.ts';
import { blockedLines } from './blocked-text.ts';
import { stuckLine } from './trouble/stuck-texts.ts';
import { offSpotText } from './off-spot-text.ts';
import { stageIn, stageText } from './running-submissions.ts';

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

interface SubmissionId {
  campaign: string;
  submission: string;
  team: string;
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

/** Only the campaign knows why a submission waits; it is asked once, without retries. */
async function waitsBecause(
  access: Access,
  { campaign, ...id }: SubmissionId,
  stage: SubmissionState,
  names: Names,
): Promise<string | null> {
  try {
    const progress = shown(await queryProgress(access, campaign, 0), names);
    const { pausedTeams } = progress;
    const { submission, team } = shown(id, names);
    const stuck = progress.stuck.find((one) => one.submission === submission);
    if (stuck) return `stuck: ${stuckLine(stuck)}`;
    const offSpot = progress.offSpot?.find((one) => one.submission === submission);
    if (offSpot) return offSpotText(offSpot);
    if (stage !== 'waiting') return null;
    if (pausedTeams.includes(team)) return `its team is paused: npm run holdout -- resume ${campaign} --team ${team}`;
    const blocked = blockedLines(progress);
    return blocked.length === 0 ? null : `the campaign is blocked: ${blocked.join('; ')}`;
  } catch {
    return null;
  }
}
