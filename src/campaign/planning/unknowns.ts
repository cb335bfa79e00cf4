import { counted } from '../../safe-text.ts';
import { probeClass } from '../evaluation/class-choice.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import type { RunRules } from '../simulation/simulated-run-result.ts';
import { percent } from '../model/units.ts';
import { assumedLossesPerHour, expectationFactor, type Knowledge, type ResolvedExpectation } from './knowledge.ts';
import { assumedSpotShare, spotShareSource } from './what-if.ts';

/** The assumptions and unknowns of a plan, as text. */
export function unknownsOf(rules: RunRules, knowledge: Knowledge, submissions: number): string[] {
  return [...basisOf(rules, knowledge, submissions), ...gapsOf(rules, knowledge)];
}

function basisOf(rules: RunRules, knowledge: Knowledge, submissions: number): string[] {
  switch (knowledge.kind) {
    case 'wall-clock':
      return [
        `nothing is known about the submissions: every evaluation is assumed to take the whole wall clock, ${span(knowledge.expected.runtimeSeconds)} on ${knowledge.expected.on}` +
          (knowledge.expected.deviceSizesMiB.length > 1
            ? ', and with all classes to run out of memory at the end of that on every GPU but the largest. '
            : '. ') +
          'These numbers are an upper bound if no run is lost, not a forecast; `expect` in the file or --pilot gives one',
      ];
    case 'expect':
      return expectationText(rules, knowledge.expected);
    case 'pilot':
      return [sampleText(knowledge.sample.size, submissions)];
  }
}

/** A share s of all is missing among n with probability (1 - s) ** n: one in ten for the share in the text. */
function sampleText(measured: number, submissions: number): string {
  if (measured >= submissions) return `measured: all ${counted(measured, 'submission')} ran in the pilot`;
  const unseen = Math.ceil(100 * (1 - 0.1 ** (1 / measured)));
  return (
    `measured: ${counted(measured, 'submission')} of ${submissions} ran in the pilot; with a chance of one in ten it missed something that happens to ` +
    `fewer than ${unseen} % of all submissions, which no range covers`
  );
}

function expectationText({ instanceClasses: classes }: RunRules, expected: ResolvedExpectation): string[] {
  const { runtimeSeconds, on, longestSeconds, outOfGpuMemoryShare, withoutGpuShare, deviceSizesMiB } = expected;
  const texts = [
    `expected by the file: ${span(runtimeSeconds)} a run on ${on}; P10 and P90 are that divided and multiplied by ${expectationFactor}, at most the wall clock ` +
      '(the case that Holdout was built for had overestimated by that factor)',
  ];
  if (runtimeSeconds > longestSeconds)
    texts.push(
      `expect.runtime is longer than the wall clock, ${span(longestSeconds)}; the wall clock is planned, since no run takes longer`,
    );
  if (outOfGpuMemoryShare === undefined && deviceSizesMiB.length > 1)
    texts.push(
      'expect.outOfGpuMemory is not set: all classes together are planned with 5 % of submissions that need a larger GPU (P10 0 %, P90 16 %), a class alone as if all fit',
    );
  if (deviceSizesMiB.length > 2)
    texts.push('submissions that need more than the smallest GPU are assumed to fit the second size');
  if (withoutGpuShare === undefined && deviceSizesMiB.length > 0 && classes.some(({ kind }) => kind === 'cpu'))
    texts.push('expect.withoutGpu is not set: no submission is assumed to leave the GPU unused');
  return texts;
}

function gapsOf({ instanceClasses: classes, sampleSet }: RunRules, knowledge: Knowledge): string[] {
  const texts: string[] = [];
  if (knowledge.kind !== 'pilot') texts.push(...ofTheFile(classes, knowledge.expected));
  if (sampleSet === undefined)
    texts.push(
      `no sample set: nothing is probed, so every submission starts on ${probeClass(classes).name}, none uses a class without a GPU, ` +
        'and only a paid evaluation shows what does not fit',
    );
  const devices = classes.filter(({ kind }) => kind === 'gpu');
  if (knowledge.kind !== 'pilot' && devices.length > 0)
    for (const { name } of classes.filter(({ kind }) => kind === 'cpu'))
      texts.push(`${name} alone is not planned: only --pilot can measure how long GPU work takes there`);
  for (const { name, microUsdPerHour } of classes)
    if (microUsdPerHour === 0) texts.push(`${name} has a price of 0: its real cost is not in these numbers`);
  if (classes.some(({ purchase }) => purchase === 'spot')) texts.push(reclaimsText);
  if (knowledge.kind === 'pilot')
    for (const name of knowledge.missing)
      texts.push(
        `no pilot run on ${name} was measured: its speed is the file's relativeSpeed, and what fits there is not known`,
      );
  return texts;
}

const reclaimsText = `Spot machines are assumed to be reclaimed at ${assumedLossesPerHour * 100} % per running hour (AWS publishes only "over 20 % a month" for the worst); lost time is paid and repeated`;

/** The assumptions if Spot would fix a plan without any. */
export const spotAssumed = [
  `Spot is assumed to cost ${percent(assumedSpotShare)} of the price: ${spotShareSource}; the file only sets the price, AWS decides whether a queue has Spot machines`,
  reclaimsText,
];

/** Assumptions about facts that a file cannot state. */
function ofTheFile(classes: readonly InstanceClass[], { deviceSizesMiB }: ResolvedExpectation): string[] {
  const texts = ['no submission is assumed to fail by its own error; those that do score nothing and cost less'];
  if (deviceSizesMiB.length > 0 && classes.every(({ kind }) => kind === 'cpu'))
    texts.push(
      'every submission is assumed to work without a GPU; only --pilot can measure whether it does and how long it takes',
    );
  return texts;
}

/** `36 h`, `7 s`. */
export function span(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 360) / 10} h`;
}
