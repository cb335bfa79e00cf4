import { counted } from '../../safe-text.ts';
import { probeClass } from '../evaluation/class-choice.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import type { RunRules } from '../simulation/simulated-run-result.ts';
import { percent } from '../model/units.ts';
import { assumedLossesPerHour, expectationFactor, type Knowledge, type PlacedExpectation } from './knowledge.ts';
import { assumedSpotShare, spotShareSource } from './what-if.ts';

/** What a plan takes for granted and what it cannot know, in plain words. Pure. */
export function unknownsOf(rules: RunRules, knowledge: Knowledge, submissions: number): string[] {
  return [...basisOf(rules, knowledge, submissions), ...gapsOf(rules, knowledge)];
}

function basisOf(rules: RunRules, knowledge: Knowledge, submissions: number): string[] {
  switch (knowledge.kind) {
    case 'wall-clock':
      return [
        `nothing is known of the submissions: every evaluation is taken to last its whole wall clock, ${span(knowledge.expected.runtimeSeconds)} on ${knowledge.expected.on}` +
          (knowledge.expected.deviceSizesMiB.length > 1
            ? ', and with all classes to run out of memory at its end on every device but the largest. '
            : '. ') +
          'These numbers are an upper bound where no run is lost, no forecast; `expect` in the file or --pilot makes one',
      ];
    case 'expect':
      return expectationText(rules, knowledge.expected);
    case 'pilot':
      return [sampleText(knowledge.sample.size, submissions)];
  }
}

/** Of a share s of all, none is among n with the chance (1 - s) ** n: one in ten at the share that is named. */
function sampleText(measured: number, submissions: number): string {
  if (measured >= submissions) return `measured: ${counted(measured, 'submission')} ran in the pilot, which are all`;
  const unseen = Math.ceil(100 * (1 - 0.1 ** (1 / measured)));
  return (
    `measured: ${counted(measured, 'submission')} of ${submissions} ran in the pilot; what happens to fewer than ${unseen} % of all ` +
    'may be missing among so few (one case in ten), and is in no range'
  );
}

function expectationText({ instanceClasses: classes }: RunRules, expected: PlacedExpectation): string[] {
  const { runtimeSeconds, on, longestSeconds, outOfGpuMemoryShare, withoutGpuShare, deviceSizesMiB } = expected;
  const texts = [
    `expected by the file: ${span(runtimeSeconds)} a run on ${on}; P10 and P90 are a factor ${expectationFactor} away from that, at most the wall clock ` +
      '(the case’s own expectation was so much too high)',
  ];
  if (runtimeSeconds > longestSeconds)
    texts.push(
      `expect.runtime is beyond the wall clock of ${span(longestSeconds)}: no run lasts longer, so that is planned`,
    );
  if (outOfGpuMemoryShare === undefined && deviceSizesMiB.length > 1)
    texts.push(
      'nobody has said how many need a larger device: all classes together count with 5 % (P10 0 %, P90 16 %), a class alone as if all fitted (expect.outOfGpuMemory)',
    );
  if (deviceSizesMiB.length > 2)
    texts.push('what needs a larger device than the smallest is taken to fit the second size');
  if (withoutGpuShare === undefined && deviceSizesMiB.length > 0 && classes.some(({ kind }) => kind === 'cpu'))
    texts.push('nobody has said how many leave the device empty: none are counted with (expect.withoutGpu)');
  return texts;
}

function gapsOf({ instanceClasses: classes, sampleSet }: RunRules, knowledge: Knowledge): string[] {
  const texts: string[] = [];
  if (knowledge.kind !== 'pilot') texts.push(...ofTheFile(classes, knowledge.expected));
  if (sampleSet === undefined)
    texts.push(
      `no sample set: nothing is probed, so every submission starts on ${probeClass(classes).name}, none goes to a class without a device, ` +
        'and what does not fit is learnt by a paid evaluation',
    );
  const devices = classes.filter(({ kind }) => kind === 'gpu');
  if (knowledge.kind !== 'pilot' && devices.length > 0)
    for (const { name } of classes.filter(({ kind }) => kind === 'cpu'))
      texts.push(`${name} alone is not planned: how long work for a device takes without one only --pilot can tell`);
  for (const { name, microUsdPerHour } of classes)
    if (microUsdPerHour === 0) texts.push(`${name} has a price of 0: what it really costs is not in these numbers`);
  if (classes.some(({ purchase }) => purchase === 'spot')) texts.push(reclaimsText);
  if (knowledge.kind === 'pilot')
    for (const name of knowledge.missing)
      texts.push(
        `no pilot run on ${name} came to its end: its speed is the file's relativeSpeed, what fits there is not known`,
      );
  return texts;
}

const reclaimsText = `Spot machines are taken to be reclaimed at ${assumedLossesPerHour * 100} % a running hour (an assumption: AWS only says "over 20 % a month" of its worst); lost time is paid and run again`;

/** What is taken for granted where Spot would mend a plan without any. */
export const spotAssumed = [
  `Spot is taken to cost ${percent(assumedSpotShare)} of the price: ${spotShareSource}; whether a queue has Spot machines is set up on AWS, the file only says what they cost`,
  reclaimsText,
];

/** What a file cannot tell, and what is taken for granted instead. */
function ofTheFile(classes: readonly InstanceClass[], { deviceSizesMiB }: PlacedExpectation): string[] {
  const texts = ['no submission is taken to break by its own error: those that do score nothing and cost less'];
  if (deviceSizesMiB.length > 0 && classes.every(({ kind }) => kind === 'cpu'))
    texts.push(
      'without a device every submission is taken to do as well as with one; whether they do, and how long it takes, only --pilot can tell',
    );
  return texts;
}

/** `36 h`, `7 s`. */
export function span(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 360) / 10} h`;
}
