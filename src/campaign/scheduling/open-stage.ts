import { waitsForImage, type OpenSubmission } from '../state/open-submission.ts';

type OpenStage = 'preparing' | 'waiting' | 'running' | 'scoring';

/** The stage of a submission as its campaign knows it; `scoring`: between its last run and its report. */
export function stageOf(open: OpenSubmission): OpenStage {
  if (open.grant) return 'running';
  if (open.request || waitsForImage(open)) return 'waiting';
  return open.preparing ? 'preparing' : 'scoring';
}
