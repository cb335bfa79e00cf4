import { runKeyOf } from '../../ids.ts';
import type { FrozenCampaign, InputSet, InstanceClass, Purpose } from '../model/frozen-campaign.ts';
import type { FailedRun } from '../evaluation/retry-policy.ts';
import { costMicroUsd } from '../model/money.ts';
import type { Population } from './population.ts';
import type { Reason } from '../model/reasons.ts';
import { profileOf, type ResourceProfile } from '../evaluation/resource-profile.ts';
import { batchGraceSeconds, containerMemoryMiB, wallClockSeconds } from '../model/run-limits.ts';
import { simulatedOutcome } from './simulated-outcome.ts';
import { simulatedRun, type SimulatedSpec } from './simulated-run.ts';
import { verdictOf } from '../evaluation/verdict.ts';

/** What of a campaign decides what its runs do and what they cost. */
export type RunRules = Pick<FrozenCampaign, 'campaign' | 'limits' | 'instanceClasses'> & {
  testSet: Pick<InputSet, 'items'>;
  /** Absent: submissions are not probed. */
  sampleSet?: Pick<InputSet, 'items'>;
};

/** What a campaign and a submission learn of a run that ended. */
export interface SimulatedEnd {
  /** Null when it ended well. */
  reason: Reason | null;
  rule: FailedRun['rule'];
  memoryLimitMiB: number | null;
  billedSeconds: number;
  costMicroUsd: number;
  /** Of a probe that ended well. */
  profile?: ResourceProfile;
}

export interface SimulatedOrder {
  submission: string;
  n: number;
  purpose: Purpose;
  on: InstanceClass;
}

/** A run from its start to its verdict, by the same rules that read a real one; the same for the same seed. Pure. */
export function simulatedEnd(
  { campaign, limits, instanceClasses, testSet, sampleSet }: RunRules,
  population: Population,
  seed: number,
  { submission, n, purpose, on }: SimulatedOrder,
): SimulatedEnd {
  const inputs = (purpose === 'probe' ? sampleSet : undefined) ?? testSet;
  const wallClock = wallClockSeconds(limits, on, instanceClasses);
  const spec: SimulatedSpec = {
    runKey: runKeyOf(campaign, submission, n),
    purpose,
    inputs,
    instanceClass: { name: on.name, gpu: on.gpu ?? 'none', gpuMemoryMiB: on.gpuMemoryMiB ?? 0 },
    limits: { wallClockSeconds: wallClock, memoryMiB: containerMemoryMiB(limits, on) },
  };
  const run = simulatedRun(population, seed, spec);
  const billedSeconds = Math.ceil(Math.min(run.seconds, wallClock + batchGraceSeconds));
  const cost = { billedSeconds, costMicroUsd: costMicroUsd(billedSeconds, on.microUsdPerHour) };
  if (run.kind !== 'outcome') {
    const reason = run.kind === 'host-lost' ? 'spot-reclaimed' : 'platform-error';
    return { ...cost, reason, rule: 'no-outcome', memoryLimitMiB: null };
  }
  const { seconds, facts } = run;
  const outcome = simulatedOutcome({
    spec: {
      ...spec,
      image: noImage,
      instanceClass: { ...spec.instanceClass, vcpus: on.vcpus },
      limits: { ...noLimits, ...spec.limits },
    },
    jobId: spec.runKey,
    startedAt: 0,
    seconds,
    facts,
    stopped: false,
    predictions: facts.rows === 'no-file' ? { kind: 'missing' } : { kind: 'collected', key: '', bytes: 0, sha256: '' },
  });
  const verdict = verdictOf(outcome);
  const memoryLimitMiB = outcome.memory.limitMiB;
  if (verdict.kind === 'failed') {
    return { ...cost, reason: verdict.reason, rule: verdict.rule, memoryLimitMiB };
  }
  // Scoring finds a row that is missing; a probe's predictions are not scored.
  const isFaulty = purpose === 'evaluation' && facts.rows === 'all-but-one';
  const profile = purpose === 'probe' ? profileOf(outcome, inputs.items, on) : undefined;
  return {
    ...cost,
    reason: isFaulty ? 'output-invalid' : null,
    rule: null,
    memoryLimitMiB,
    ...(profile && { profile }),
  };
}

const noImage = { reference: '', digest: '' };
const noLimits = { pids: 0, outputBytes: 0, sharedMemoryMiB: 0 };
