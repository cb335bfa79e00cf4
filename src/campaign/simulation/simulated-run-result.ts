import { runKeyOf } from '../../ids.ts';
import type { FrozenCampaign, InputSet, InstanceClass, Purpose } from '../model/frozen-campaign.ts';
import type { RunResult } from '../evaluation/evaluation-state-machine.ts';
import { costMicroUsd } from '../model/money.ts';
import type { Population } from './population.ts';
import { profileOf } from '../evaluation/resource-profile.ts';
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
export interface SimulatedRunResult extends Omit<RunResult, 'cause'> {
  billedSeconds: number;
  costMicroUsd: number;
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
  const outcome = outcomeOf(spec, run);
  const { reason, rule } = verdictOf(outcome);
  const memoryLimitMiB = outcome.memory.limitMiB;
  if (reason !== null) return { ...cost, reason, rule, memoryLimitMiB };
  // Scoring detects the missing row; predictions of a probe are not scored.
  const isFaulty = purpose === 'evaluation' && run.facts.rows === 'all-but-one';
  const profile = purpose === 'probe' ? profileOf(outcome, inputs.items, instanceClass) : undefined;
  const scored = isFaulty ? 'output-invalid' : null;
  return { ...cost, reason: scored, rule, memoryLimitMiB, ...(profile && { profile }) };
}

const outcomeOf = (spec: SimulatedSpec, { seconds, facts }: Extract<SimulatedRun, { kind: 'outcome' }>): RunOutcome =>
  simulatedOutcome({
    spec: { ...spec, image: { digest: '' } },
    jobId: spec.runKey,
    startedAt: 0,
    seconds,
    facts,
    stopped: false,
    predictions: facts.rows === 'no-file' ? { kind: 'missing' } : { kind: 'collected', key: '', bytes: 0, sha256: '' },
  });
