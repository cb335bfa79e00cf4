import { measuredSeconds } from '../evaluation/class-choice.ts';
import type { HeldGrant } from '../model/messages.ts';
import type { RunOption } from '../model/run-option.ts';
import type { CampaignState, OpenSubmission, WaitingRequest, Writable } from './campaign-state.ts';
import type { ClassCostModel } from './class-cost-model.ts';

/** Functions that write the scheduler's decisions. */

/** Orders a waiting request's options by the cost model. */
export function reorderOptions(request: Writable<WaitingRequest>, costModel: ClassCostModel): void {
  request.options = costModel.preferred(request.options, request.needMeasured ?? false);
}

/** The submission's waiting request becomes a grant. `now` in ms. */
export function grantRequest(
  open: Writable<OpenSubmission>,
  request: WaitingRequest,
  option: RunOption,
  now: number,
): HeldGrant {
  const { n, purpose, rerun, needMeasured } = request;
  delete open.request;
  const expectedSeconds = purpose === 'evaluation' ? measuredSeconds(option) : undefined;
  const grant: HeldGrant = {
    n,
    purpose,
    rerun,
    class: option.class,
    reserved: option.worst,
    since: now,
    ...(expectedSeconds !== undefined && { expectedSeconds }),
    ...(needMeasured && { needMeasured }),
  };
  open.grant = grant;
  return grant;
}

/** A waiting request gets no run. */
export function dropRequest(open: Writable<OpenSubmission>): void {
  delete open.request;
}

/** A cheaper request was granted before this one. */
export function countPassed(request: Writable<WaitingRequest>): void {
  request.passed += 1;
}

/** The team's next round starts; returns the index of the round among the team's rounds. */
export function takeNextRound({ started }: Writable<CampaignState>, team: number): number {
  const index = started[team] ?? 0;
  started[team] = index + 1;
  return index;
}

/** The first grant of the campaign; later ones change nothing. `now` in ms. */
export function noteGrants({ statistics }: Writable<CampaignState>, now: number): void {
  statistics.since ??= now;
}
