import type { CheckedCampaign } from '../../../intake/checked-campaign.ts';
import type { CallingProgram, CallOfProgram, PlannedCall, PlannedUse } from './planned-call.ts';
import { runnerCalls } from './runner-calls.ts';
import { scorerCalls } from './scorer-calls.ts';
import { startCalls } from './start-calls.ts';
import { statusCalls } from './status-calls.ts';
import { workerCalls } from './worker-calls.ts';

const programs: Record<CallingProgram, (campaign: CheckedCampaign, use: PlannedUse) => CallOfProgram[]> = {
  start: startCalls,
  status: statusCalls,
  worker: workerCalls,
  runner: runnerCalls,
  scorer: scorerCalls,
};

/**
 * Every AWS call that a campaign makes if nothing is there yet and nothing fails, from the start to the publication. A test
 * (test/cloud/set-up/campaign-calls.test.ts) compares the operations with those that the programs really make.
 */
export const plannedCalls = (campaign: CheckedCampaign, use: PlannedUse): PlannedCall[] =>
  (Object.keys(programs) as CallingProgram[]).flatMap((by) =>
    programs[by](campaign, use).map((call) => ({ by, ...call })),
  );
