import * as z from 'zod';
import { teamNameChoices } from '../../campaign/model/frozen-campaign.ts';
import { faultInWords } from '../../campaign/model/placeholders.ts';
import {
  classKinds,
  gpuKindNames,
  isolations,
  type GpuKind,
} from '../../campaign/model/classes/instance-class-kinds.ts';
import { metricNames } from '../../campaign/model/metrics.ts';
import { layoutNames } from '../../campaign/model/layouts.ts';
import { microUsdOf, parseDuration, parseShare, parseSize } from '../../campaign/model/units.ts';
import { campaignPattern, memberPattern } from '../../ids.ts';

/** Longest limit for a run or its wait; with it, the end of any campaign is still a valid date. */
export const maxSeconds = 365 * 86_400;
/** Most machines of a class at a time. */
export const maxSlots = 10_000;
/** The default of `onDemandAfter:` on a Spot class. */
export const defaultOnDemandAfter = 2;
/** The default of `gpu:` on a class of kind `gpu`. */
export const defaultGpuKind: GpuKind = 'nvidia';

const anyText = z.string('must be text').min(1, 'must be text');
const textLike = (pattern: RegExp, what: string) => z.string(what).regex(pattern, what);
const oneOf = <const Words extends readonly [string, ...string[]]>(...words: Words) =>
  z.enum(words, `must be ${words.join(', ').replace(/, ([^,]*)$/, ' or $1')}`);

function number(what: string, holds: (value: number) => boolean) {
  return z.number(what).refine(holds, what);
}
const whole = (least: number, most: number) =>
  number(
    `must be a whole number from ${least} to ${most}`,
    (value) => Number.isSafeInteger(value) && value >= least && value <= most,
  );
const factor = number('must be a number from 0.001 to 1000', (value) => value >= 0.001 && value <= 1_000);

/** Transforms a value by `parse`, which returns undefined for invalid values. */
function parsed<Value>(what: string, parse: (value: unknown) => Value | undefined) {
  return z.unknown().transform((value, context): Value => {
    const result = parse(value);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: what });
    return z.NEVER;
  });
}

const unit = (what: string, parse: (text: string) => number | undefined) =>
  parsed(what, (value) => (typeof value === 'string' ? parse(value) : undefined));
const positive = (value: number | undefined): number | undefined => (value === 0 ? undefined : value);
const upTo = (most: number, value: number | undefined): number | undefined =>
  value !== undefined && value <= most ? value : undefined;

const duration = unit('must be a duration such as 30s, 9h or 1h30m, up to 365d', (text) =>
  positive(upTo(maxSeconds, parseDuration(text))),
);
const size = unit('must be a size such as 50MiB or 14GiB', (text) => positive(parseSize(text)));
const share = unit('must be a share such as 10%', parseShare);
const dollars = (value: unknown, most: number): number | undefined =>
  typeof value === 'number' && value <= most ? microUsdOf(value) : undefined;
const name = textLike(memberPattern, 'must be up to 64 letters, digits, dots, dashes and underscores');

/** Words for a container; no shell reads them. */
const words = z.array(z.string('must be text; quote it')).superRefine((list, context) => {
  const fault = faultInWords(list);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: `but ${fault}` });
});

/** Every key of the campaign file by section, with its rule and its default. */
export const sections = {
  campaign: {
    campaign: textLike(
      campaignPattern,
      'must be up to 40 lowercase letters, digits and dashes, not starting with a dash',
    ),
    metric: oneOf(...metricNames),
    submissions: anyText,
    deadline: anyText,
    layout: oneOf(...layoutNames).optional(),
    args: words.optional(),
    command: words.refine((list) => (list[0] ?? '') !== '', { message: 'must name a program', abort: true }).optional(),
    rootFilesystem: oneOf('read-only', 'writable').optional(),
    /** What operators see before the results are published. */
    teamNames: oneOf(...teamNameChoices).default('pseudonyms'),
  },
  predictions: {
    /** Default: the layout's. */
    file: name.optional(),
    id: anyText.default('filename'),
    value: anyText.default('label'),
    maxBytes: size.prefault('50MiB'),
    missing: z.union([z.literal('reject'), z.number()], 'must be reject or a number').default('reject'),
  },
  inputs: { testSet: anyText, sampleSet: anyText.optional(), labels: anyText },
  budget: {
    usd: parsed('must be an amount in dollars, more than 0, up to 1000000000', (value) =>
      positive(dollars(value, 1e9)),
    ),
    rerunReserve: unit('must be a share below 100%: nothing would be left for first runs', (text) => {
      const reserved = parseShare(text);
      return reserved === 1 ? undefined : reserved;
    }).prefault('10%'),
  },
  /** Expectations before any probe; only `plan` reads them. */
  expect: {
    /** Duration of one evaluation on the class `on`; `startUp` is its part that does not depend on the inputs. */
    runtime: duration,
    on: name,
    startUp: duration.optional(),
    /** Shares of the submissions that need a larger GPU than the smallest, or no GPU. */
    outOfGpuMemory: share.optional(),
    withoutGpu: share.optional(),
  },
  limits: {
    wallClock: duration,
    wallClockOn: name,
    memory: size,
    pids: whole(1, 100_000).default(512),
    output: size.prefault('1GiB'),
    image: size.prefault('10GiB'),
    /** Default: three times `image`. */
    unpacked: size.optional(),
    sharedMemory: size.prefault('1GiB'),
    attempts: whole(1, 100).default(3),
    platformRuns: whole(0, 100).default(5),
  },
  scan: {
    command: z
      .array(
        anyText.refine((word) => !word.includes('\0'), 'has a NUL character'),
        'must be a list of words',
      )
      .min(1, 'must name a program'),
    onFinding: oneOf('refuse', 'flag'),
  },
  leaderboard: {
    perTeam: oneOf('best', 'last').default('best'),
    ties: oneOf('earliest', 'shared').default('earliest'),
    /** Default: the metric's best score first. */
    order: oneOf('ascending', 'descending').optional(),
  },
  fairness: {
    perTeamInFlight: whole(1, 1_000).default(2),
    seed: whole(0, Number.MAX_SAFE_INTEGER).default(0),
    weights: z.record(z.string(), factor).default({}),
  },
  instanceClasses: {
    /** Default: the type. */
    name,
    /** An instance type, from which other keys follow. */
    type: anyText.optional(),
    kind: oneOf(...classKinds),
    /** Default on a class of kind gpu: {@link defaultGpuKind}. */
    gpu: oneOf(...gpuKindNames).optional(),
    /** Default on a class of kind gpu: 1. */
    gpus: whole(1, 16).optional(),
    /** Default: the usual runtime of the engine. */
    isolation: oneOf(...isolations).optional(),
    queue: anyText,
    gpuMemoryMiB: whole(1, 10_000_000).optional(),
    vcpus: whole(1, 10_000),
    memoryMiB: whole(1, 100_000_000),
    usdPerHour: parsed('must be an amount in dollars, up to 1000; planning needs it', (value) => dollars(value, 1_000)),
    relativeSpeed: factor.default(1),
    slots: whole(1, maxSlots),
    purchase: oneOf('on-demand', 'spot').default('on-demand'),
    /** Default on Spot: {@link defaultOnDemandAfter}. */
    onDemandAfter: whole(1, 100).optional(),
    wallClock: duration.optional(),
    runnableLimit: duration.prefault('6h'),
  },
};

type Sections = typeof sections;
export type SectionName = keyof Sections;

/** A section without faults. */
export type Complete<Name extends SectionName> = z.output<z.ZodObject<Sections[Name]>>;

/** The readable keys of a section; without reported faults, all required ones. */
export type Section<Name extends SectionName> = Partial<Complete<Name>>;

/** The readable part of a campaign file. */
export type ReadCampaign = { [Name in Exclude<SectionName, 'expect' | 'scan' | 'instanceClasses'>]: Section<Name> } & {
  expect?: Section<'expect'>;
  scan?: Section<'scan'>;
  instanceClasses: Section<'instanceClasses'>[];
  /** The place of each class in the file. */
  classPaths: (readonly (string | number)[])[];
};
