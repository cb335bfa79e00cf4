import { runKeyOf } from '../../ids.ts';
import type { FrozenCampaign, InputSet, InstanceClass, Purpose } from '../model/frozen-campaign.ts';
import type { FailedRun } from '../evaluation/retry-policy.ts';
import { costMicroUsd } from '../model/money.ts';
import type { Population } from './population.ts';
import type { Reason } from '../model/reasons.ts';
import { profileOf, type ResourceProfile } from '../evaluation/resource-profile.ts';
import { batchGraceSeconds, containerMemoryMiB, wallClockSeconds } from '../model/run-limits.ts';
import { simulatedOutcome } from './simulated-outcome.ts';
import { simulatedRun, type SimulatedRun, type SimulatedSpec } from './simulated-run.ts';
import type { RunOutcome } from '../model/run-outcome.ts';
import { verdictOf } from '../evaluation/verdict.ts';

/** The part of a campaign that determines the results and costs of its runs. */
export type RunRules = Pick<FrozenCampaign, 'campaign' | 'limits' | 'instanceClasses'> & {
  testSet: Pick<InputSet, 'items'>;
  /** Absent: submissions are not probed. */
  sampleSet?: Pick<InputSet, 'items'>;
};

/** The result of a run, for its campaign and its submission. */
export interface SimulatedRunResult {
  /** Null if the run succeeded. */
  reason: Reason | null;
  rule: FailedRun['rule'];
  memoryLimitMiB: number | null;
  billedSeconds: number;
  costMicroUsd: number;
  /** Only for a probe that succeeded. */
  profile?: ResourceProfile;
}

export interface SimulatedOrder {
  submission: string;
  n: number;
  purpose: Purpose;
  instanceClass: InstanceClass;
}

/** Simulates a run up to its verdict, which the same rules derive as for a real run. The same for the same seed. */
export function simulatedRunResult(
  { campaign, limits, instanceClasses, testSet, sampleSet }: RunRules,
  population: Population,
  seed: number,
  { submission, n, purpose, instanceClass }: SimulatedOrder,
): SimulatedRunResult {
  const inputs = (purpose === 'probe' ? sampleSet : undefined) ?? testSet;
  const wallClock = wallClockSeconds(limits, instanceClass, instanceClasses);
  const { name, gpu = 'none', gpuMemoryMiB = 0 } = instanceClass;
  const spec: SimulatedSpec = {
    runKey: runKeyOf(campaign, submission, n),
    purpose,
    inputs,
    instanceClass: { name, gpu, gpuMemoryMiB },
    limits: { wallClockSeconds: wallClock, memoryMiB: containerMemoryMiB(limits, instanceClass) },
  };
  const run = simulatedRun(population, seed, spec);
  const billedSeconds = Math.ceil(Math.min(run.seconds, wallClock + batchGraceSeconds));
  const cost = { billedSeconds, costMicroUsd: costMicroUsd(billedSeconds, instanceClass.microUsdPerHour) };
  if (run.kind !== 'outcome') {
    const reason = run.kind === 'host-lost' ? 'spot-reclaimed' : 'platform-error';
    return { ...cost, reason, rule: 'no-outcome', memoryLimitMiB: null };
  }
  const outcome = outcomeOf(spec, run, instanceClass);
  const verdict = verdictOf(outcome);
  const memoryLimitMiB = outcome.memory.limitMiB;
  if (verdict.kind === 'failed') {
    return { ...cost, reason: verdict.reason, rule: verdict.rule, memoryLimitMiB };
  }
  // Scoring detects the missing row; predictions of a probe are not scored.
  const isFaulty = purpose === 'evaluation' && run.facts.rows === 'all-but-one';
  const profile = purpose === 'probe' ? profileOf(outcome, inputs.items, instanceClass) : undefined;
  return {
    ...cost,
    reason: isFaulty ? 'output-invalid' : null,
    rule: null,
    memoryLimitMiB,
    ...(profile && { profile }),
  };
}

const outcomeOf = (
  spec: SimulatedSpec,
  { seconds, facts }: Extract<SimulatedRun, { kind: 'outcome' }>,
  { vcpus }: InstanceClass,
): RunOutcome =>
  simulatedOutcome({
    spec: {
      ...spec,
      image: noImage,
      instanceClass: { ...spec.instanceClass, vcpus },
      limits: { ...noLimits, ...spec.limits },
    },
    jobId: spec.runKey,
    startedAt: 0,
    seconds,
    facts,
    stopped: false,
    predictions: facts.rows === 'no-file' ? { kind: 'missing' } : { kind: 'collected', key: '', bytes: 0, sha256: '' },
  });

const noImage = { reference: '', digest: '' };
const noLimits = { pids: 0, outputBytes: 0, sharedMemoryMiB: 0 };
