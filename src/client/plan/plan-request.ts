import { gpuKinds } from '../../campaign/model/classes/instance-class-kinds.ts';
import { assumedDelays, assumedTestPerSampleInput, uncountedInputsText } from '../../campaign/planning/assumptions.ts';
import { knowledgeOf, startUpOf, type Knowledge } from '../../campaign/planning/knowledge.ts';
import type { PlanInput } from '../../campaign/planning/mix-plan.ts';
import { changedClasses, type WhatIf } from '../../campaign/planning/what-if.ts';
import type { RunRules } from '../../campaign/simulation/simulated-run-result.ts';
import type { CheckedCampaign, LocalPath, S3Location } from '../../intake/checked-campaign.ts';
import { countInputs } from '../../intake/input-files.ts';

interface PlanRequest {
  whatIf: WhatIf;
  /** Additional capacity: 0.5 plans half as many machines again. */
  margin: number;
  /** Measured by a pilot; absent: the plan uses the file. */
  measured?: Knowledge;
  /** Inputs of the test set as a pilot counted them. */
  testItems?: number;
  now: Date;
}

/** The question that a plan answers for a checked campaign file, and the assumptions in it. */
export async function planRequest(
  checked: CheckedCampaign,
  { whatIf, margin, measured, testItems, now }: PlanRequest,
): Promise<{ question: Omit<PlanInput, 'futures'>; assumed: string[] }> {
  const { campaign, limits, instanceClasses, expect, budget, fairness, deadline } = checked;
  const { items, assumed } = await itemsOf(checked, testItems);
  const rules: RunRules = {
    campaign,
    limits,
    instanceClasses: changedClasses(instanceClasses, limits, whatIf),
    ...items,
  };
  const knowledge = measured ?? knowledgeOf(expect, limits, instanceClasses);
  const isHere = instanceClasses.some(({ gpu }) => gpu !== undefined && gpuKinds[gpu].isEmulated);
  return {
    question: {
      planned: {
        rules,
        teams: teamsOf(checked),
        perTeam: fairness.perTeamInFlight,
        delays: isHere ? assumedDelays.here : assumedDelays.aws,
        startUpSeconds: startUpOf(knowledge),
      },
      knowledge,
      budget,
      deadlineSeconds: (Date.parse(deadline) - now.getTime()) / 1000,
      margin,
    },
    assumed,
  };
}

async function itemsOf({ testSet, sampleSet }: CheckedCampaign, known: number | undefined) {
  const sample = sampleSet && (await countOf(sampleSet));
  const inputs = known ?? (await countOf(testSet));
  const testItems = inputs ?? assumedTestPerSampleInput * (sample ?? 1);
  const isKnown = sampleSet === undefined || (inputs !== undefined && sample !== undefined);
  return {
    items: {
      testSet: { items: testItems },
      ...(sampleSet && {
        sampleSet: { items: sample ?? Math.max(1, Math.round(testItems / assumedTestPerSampleInput)) },
      }),
    },
    assumed: isKnown ? [] : [uncountedInputsText],
  };
}

const countOf = async (place: LocalPath | S3Location): Promise<number | undefined> =>
  place.kind === 'local' ? await countInputs(place.path) : undefined;

/** Submissions by team, in the order of the file. */
export function teamsOf({ submissions }: CheckedCampaign): string[][] {
  const teams = new Map<string, string[]>();
  for (const { team, submission } of submissions) teams.set(team, [...(teams.get(team) ?? []), submission]);
  return [...teams.values()];
}
