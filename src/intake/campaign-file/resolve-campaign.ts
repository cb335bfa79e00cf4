import type { InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import { bestFirst } from '../../campaign/model/metrics.ts';
import { layouts } from '../../campaign/model/layouts.ts';
import type { Expectation } from '../../campaign/planning/knowledge.ts';
import { resolveLimits } from './resolve-limits.ts';
import { deadlineOf } from './rules-between-keys.ts';
import { defaultGpuKind, defaultOnDemandAfter, type Complete, type ReadCampaign } from './campaign-schema.ts';
import type { LocatedInputs } from '../check-inputs.ts';
import type { CheckedCampaign, CheckedSubmission } from '../checked-campaign.ts';

/** Converts a campaign file without faults to the fields and units of the frozen campaign. */
export function resolveCampaign(
  read: ReadCampaign,
  inputs: LocatedInputs,
  submissions: CheckedSubmission[],
  now: Date,
): CheckedCampaign {
  const { campaign, metric, deadline, layout, args, command, rootFilesystem, teamNames } =
    read.campaign as Complete<'campaign'>;
  const { usd, rerunReserve } = read.budget as Complete<'budget'>;
  const { perTeam, ties, order } = read.leaderboard as Complete<'leaderboard'>;
  return {
    campaign,
    metric,
    predictions: {
      ...(read.predictions as Complete<'predictions'>),
      file: read.predictions.file ?? layouts[layout ?? 'holdout'].file,
    },
    ...(layout !== undefined && { layout }),
    ...(args !== undefined && { args }),
    ...(command !== undefined && { command }),
    ...(rootFilesystem !== undefined && { rootFilesystem }),
    ...(inputs as Required<Pick<LocatedInputs, 'testSet' | 'labels'>>),
    submissions,
    deadline: (deadlineOf(deadline, now) ?? now).toISOString(),
    deadlineAsWritten: deadline,
    budget: { microUsd: usd, rerunReserveShare: rerunReserve },
    limits: resolveLimits(read.limits as Complete<'limits'>),
    ...(read.scan && { scan: read.scan as Complete<'scan'> }),
    leaderboard: { perTeam, ties, order: order ?? bestFirst(metric) },
    fairness: read.fairness as Complete<'fairness'>,
    instanceClasses: read.instanceClasses
      .map((row, index) => ({
        ...resolveClass(row as Complete<'instanceClasses'>),
        ...capacityOf(read, index),
      }))
      .sort((a, b) => a.microUsdPerHour - b.microUsdPerHour),
    teamNames,
    ...(read.expect && { expect: resolveExpectation(read.expect as Complete<'expect'>) }),
  };
}

function resolveExpectation(expect: Complete<'expect'>): Expectation {
  const { runtime, on, startUp, outOfGpuMemory, withoutGpu } = expect;
  return {
    runtimeSeconds: runtime,
    on,
    ...(startUp !== undefined && { startUpSeconds: startUp }),
    ...(outOfGpuMemory !== undefined && { outOfGpuMemoryShare: outOfGpuMemory }),
    ...(withoutGpu !== undefined && { withoutGpuShare: withoutGpu }),
  };
}

/** The further types of a class name the class of its first type. */
function capacityOf({ instanceClasses, classPaths }: ReadCampaign, index: number): Pick<InstanceClass, 'capacityOf'> {
  const [, of, , place] = classPaths[index] ?? [];
  const first = instanceClasses[classPaths.findIndex((path) => path[1] === of)];
  return typeof place === 'number' && place > 0 && first?.name !== undefined ? { capacityOf: first.name } : {};
}

function resolveClass(row: Complete<'instanceClasses'>): InstanceClass {
  const { gpu, gpus, gpuMemoryMiB, wallClock } = row;
  return {
    name: row.name,
    ...(row.type !== undefined && { type: row.type }),
    kind: row.kind,
    ...(row.kind === 'gpu' && { gpu: gpu ?? defaultGpuKind }),
    // Left out if it is one, as in campaigns that were frozen before classes had several.
    ...(gpus !== undefined && gpus > 1 && { gpus }),
    ...(gpuMemoryMiB !== undefined && { gpuMemoryMiB }),
    ...(row.isolation !== undefined && { isolation: row.isolation }),
    queue: row.queue,
    vcpus: row.vcpus,
    memoryMiB: row.memoryMiB,
    microUsdPerHour: row.usdPerHour,
    relativeSpeed: row.relativeSpeed,
    slots: row.slots,
    purchase: row.purchase,
    ...(row.purchase === 'spot' && { onDemandAfter: row.onDemandAfter ?? defaultOnDemandAfter }),
    ...(wallClock !== undefined && { wallClockSeconds: wallClock }),
    runnableLimitSeconds: row.runnableLimit,
  };
}
