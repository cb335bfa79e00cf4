// What a plan assumes as long as nothing was measured.
import type { PlannedDelays } from './course.ts';

/**
 * In eight of ten cases, an expectation is assumed to be right within this factor: the original competition's own, 10 hours
 * on a P3 for each submission, turned out 2.5 times too high.
 */
export const expectationFactor = 2.5;

/** Assumed Spot reclaims per hour of running; the AWS advisor only says "over 20 % a month" for the worst case. */
export const assumedLossesPerHour = 0.005;

/** Upper limit of the share that runs out of GPU memory; the median is a quarter of it, 5 %. */
export const largestOutOfMemoryShare = 0.2;

/** Share of the on-demand price that Spot machines cost. */
export const assumedSpotShare = 0.56;

export const spotShareSource =
  'the highest in a price list of 2026 (g4dn.xlarge in eu-west-1, $0.33 of $0.587; V100 machines were at 14 %)';

/** Seconds between a submission's start and its first request, and around a run: on AWS, and here with emulated GPUs. */
export const assumedDelays = { aws: { pull: 120, handOver: 30 }, here: { pull: 2, handOver: 2 } } satisfies Record<
  string,
  PlannedDelays
>;

/** Inputs of the test set per input of the sample if one of them is in S3, where a plan does not count. */
export const assumedTestPerSampleInput = 100;

export const uncountedInputsText =
  'inputs in S3 are counted only at the start; a probe is assumed to take a hundredth of an evaluation';
