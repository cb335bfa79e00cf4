import { setTimeout as delay } from 'node:timers/promises';
import { forgotten } from '../../campaign/invariants/forgotten.ts';
import { confirmedJudgement, judge, unjudged, type InvariantJudgement } from '../../campaign/invariants/judge.ts';
import type { Access } from '../access.ts';
import { lookAt, type Look } from './collect-facts.ts';

/** The numbers of what was compared. */
interface CheckedCounts {
  rounds: number;
  records: number;
  workflows: number;
  jobs: number;
  claims: number;
}

/** What a check found. */
export interface CampaignCheck extends InvariantJudgement {
  campaign: string;
  /** `unknown`: its record cannot be understood. */
  phase: NonNullable<Look['facts']>['phase'] | 'unknown';
  /** Undefined if the record cannot be understood. */
  counts: CheckedCounts | undefined;
  unchecked: string[];
}

/**
 * Looks at a campaign in S3, Temporal and Batch and judges it. What the first look finds must be found again after the time for
 * which the lists of Temporal and Batch lag.
 */
export async function checkInvariants(access: Access, campaign: string): Promise<CampaignCheck> {
  const first = await lookAt(access, campaign);
  const found = judgementOf(first);
  if (isClean(found)) return checkOf(campaign, first, found);
  await delay(access.settings.timings.listSettle);
  const second = await lookAt(access, campaign);
  const again = judgementOf(second);
  return checkOf(campaign, second, second.facts ? confirmedJudgement(second.facts, found, again) : again);
}

const judgementOf = ({ facts, changed }: Look): InvariantJudgement => (facts ? judge(facts) : unjudged(changed));

const isClean = ({ breaches, orphans }: InvariantJudgement): boolean =>
  breaches.length === 0 && Object.values(orphans).every(({ length }) => length === 0);

function checkOf(campaign: string, { facts, unchecked }: Look, judgement: InvariantJudgement): CampaignCheck {
  if (facts === undefined) {
    const why = 'everything else, because the record cannot be understood';
    return { campaign, phase: 'unknown', counts: undefined, ...judgement, unchecked: [...unchecked, why] };
  }
  const { phase, rounds, records, workflows, jobs, claims } = facts;
  return {
    campaign,
    phase,
    counts: {
      rounds: rounds.length,
      records: [...records.values()].reduce((sum, { length }) => sum + length, 0),
      workflows: workflows.length,
      jobs: jobs.length,
      claims: claims.size,
    },
    ...judgement,
    unchecked: [...unchecked, ...forgotten(facts)],
  };
}
