import { counted } from '../../safe-text.ts';
import { probeClass } from '../evaluation/class-choice.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import type { RunRules } from '../simulation/simulated-run-result.ts';
import { durationText, percent } from '../model/units.ts';
import { assumedLossesPerHour, assumedSpotShare, expectationFactor, spotShareSource } from './assumptions.ts';
import type { Knowledge, ResolvedExpectation } from './knowledge.ts';

/** The assumptions and unknowns of a plan, as text. */
export function unknownsOf(
  { instanceClasses: classes, sampleSet }: RunRules,
  knowledge: Knowledge,
  submissions: number,
): string[] {
  const isPilot = knowledge.kind === 'pilot';
  return [
    ...(isPilot ? [sampleText(knowledge.sample.size, submissions)] : fileTexts(classes, knowledge)),
    ...when(
      sampleSet === undefined,
      `there is no sample set, so nothing is probed: every submission starts on ${probeClass(classes).name}, none uses a class without a GPU, and only a paid evaluation shows what does not fit`,
    ),
    ...(isPilot ? [] : classes.filter(({ kind }) => kind === 'cpu' && hasGpu(classes))).map(
      ({ name }) => `${name} alone is not planned: only --pilot can measure how long GPU work takes there`,
    ),
    ...classes
      .filter(({ microUsdPerHour }) => microUsdPerHour === 0)
      .map(({ name }) => `${name} has a price of 0: its real cost is not in these numbers`),
    ...when(
      classes.some(({ purchase }) => purchase === 'spot'),
      reclaimsText,
    ),
    ...(isPilot ? knowledge.missing : []).map(
      (name) =>
        `no pilot run on ${name} was measured: its speed is relativeSpeed in the file, and what fits there is unknown`,
    ),
  ];
}

const when = (condition: boolean, text: string): string[] => (condition ? [text] : []);

const hasGpu = (classes: readonly InstanceClass[]): boolean => classes.some(({ kind }) => kind === 'gpu');

/** A share s of all is missing among n with probability (1 - s) ** n: one in ten for the share in the text. */
function sampleText(measured: number, submissions: number): string {
  if (measured >= submissions) return `measured: all ${counted(measured, 'submission')} ran in the pilot`;
  const unseen = Math.ceil(100 * (1 - 0.1 ** (1 / measured)));
  return (
    `measured: ${counted(measured, 'submission')} of ${submissions} ran in the pilot; with a probability of 10 %, it missed a behaviour of ` +
    `fewer than ${unseen} % of all submissions, which no range covers`
  );
}

/** The texts if only the file is known. */
function fileTexts(
  classes: readonly InstanceClass[],
  { kind, expected }: Exclude<Knowledge, { kind: 'pilot' }>,
): string[] {
  return [
    ...(kind === 'expect' ? expectationTexts(classes, expected) : [upperBoundText(expected)]),
    'no submission is assumed to fail by its own error; those that do get no score and cost less',
    ...when(
      expected.deviceSizesMiB.length > 0 && !hasGpu(classes),
      'every submission is assumed to work without a GPU; only --pilot can measure whether it does and how long it takes',
    ),
  ];
}

const upperBoundText = ({ runtimeSeconds, on, deviceSizesMiB }: ResolvedExpectation): string =>
  `nothing is known about the submissions: every evaluation is assumed to take the whole wall clock, ${durationText(runtimeSeconds)} on ${on}` +
  (deviceSizesMiB.length > 1
    ? '; with all classes, it is also assumed to run out of GPU memory at the very end on every GPU but the largest. '
    : '. ') +
  'These numbers are an upper bound if no run is lost, not a forecast; for a forecast, use `expect` in the file or --pilot';

function expectationTexts(classes: readonly InstanceClass[], expected: ResolvedExpectation): string[] {
  const { runtimeSeconds, on, longestSeconds, outOfGpuMemoryShare, withoutGpuShare, deviceSizesMiB } = expected;
  return [
    `expected by the file: ${durationText(runtimeSeconds)} per run on ${on}; P10 is this divided by ${expectationFactor}, P90 this times ${expectationFactor}, ` +
      'but at most the wall clock (the competition that Holdout was built for overestimated by that factor)',
    ...when(
      runtimeSeconds > longestSeconds,
      `expect.runtime exceeds the wall clock; the plan uses the wall clock, ${durationText(longestSeconds)}, because no run takes longer`,
    ),
    ...when(
      outOfGpuMemoryShare === undefined && deviceSizesMiB.length > 1,
      'expect.outOfGpuMemory is not set: in the plan of all classes, 5 % of the submissions need a larger GPU (P10 0 %, P90 16 %); in the plan of one class, all fit',
    ),
    ...when(
      deviceSizesMiB.length > 2,
      'submissions that need more than the smallest GPU are assumed to fit the second size',
    ),
    ...when(
      withoutGpuShare === undefined && deviceSizesMiB.length > 0 && classes.some(({ kind }) => kind === 'cpu'),
      'expect.withoutGpu is not set: every submission is assumed to use the GPU',
    ),
  ];
}

const reclaimsText = `Spot machines are assumed to be reclaimed at ${assumedLossesPerHour * 100} % per running hour (AWS publishes only "over 20 % a month" for the worst case); lost time is paid for and repeated`;

/** The assumptions if Spot would fix a plan without any. */
export const spotAssumed = [
  `Spot is assumed to cost ${percent(assumedSpotShare)} of the on-demand price: ${spotShareSource}; the file only sets the price, the AWS queue decides whether machines are Spot`,
  reclaimsText,
];
