import { optionOn } from '../evaluation/class-choice.ts';
import type { ClassRules } from '../evaluation/class-fit.ts';
import type { Grant, StuckStep } from '../model/messages.ts';
import type { RunOption } from '../model/run-option.ts';
import { CampaignState, type StateFields } from './campaign-state.ts';
import { byName } from '../model/by-name.ts';
import { Canaries } from './canaries.ts';
import {
  flag,
  instanceOf,
  mapOf,
  mark,
  named,
  object,
  optional,
  plain,
  recordOf,
  tuple,
  type Codec,
} from './json-encoding.ts';
import { MutableSubmission } from './open-submission.ts';
import { PlatformFaults } from './platform-faults.ts';
import type { FieldsOf } from './read-only.ts';
import type { Treatment } from './team-settings.ts';
import { Money } from './spending.ts';
import { statisticsCodec } from './statistics-encoding.ts';

/** Grows when a state can no longer be decoded by the list of fields. A state without a version is one of version 1. */
const version = 1;

/**
 * A campaign's state as JSON for the next run of its workflow: at most 256 KB with 50,000 teams and 1,500 open submissions.
 * It leaves out everything that S3 or the frozen campaign can restore.
 */
export interface EncodedState {
  version?: number;
  workLists: string[];
  [field: string]: unknown;
}

type Encoded = Omit<StateFields, 'rounds'>;
type Request = NonNullable<MutableSubmission['request']>;

/** `rules` are read again in every run. */
export const encodeState = (state: CampaignState, rules: ClassRules): EncodedState => ({
  version,
  ...(stateCodec(rules).encode(state as unknown as StateFields) as EncodedState),
});

/** Restores the state; `work` and `rules` are read again in every run. */
export function decodeState(
  encoded: EncodedState,
  { rounds }: { rounds: readonly number[] },
  rules: ClassRules,
): CampaignState {
  if ((encoded.version ?? 1) !== version) throw new RangeError(`unknown version ${encoded.version} of a state`);
  const fields = stateCodec(rules).decode(encoded);
  return new CampaignState({ ...fields, rounds, started: rounds.map((_, team) => fields.started[team] ?? 0) });
}

const stateCodec = (rules: ClassRules): Codec<Encoded> =>
  object<Encoded>({
    workLists: plain(),
    started: startedCodec,
    treatments: mapOf(treatmentCodec),
    open: mapOf(openCodec(rules)),
    money: moneyCodec,
    slots: recordOf(plain()),
    shortUntil: recordOf(plain()),
    faults: faultsCodec,
    canaries: canariesCodec,
    deadline: plain(),
    paused: plain(),
    deadlineAtRisk: named('hurry', plain()),
    closing: plain(),
    counts: plain(),
    reasons: plain(),
    statistics: named('pace', statisticsCodec),
    operatorsLog: plain(),
    ticket: plain(),
  });

/** In base 36: one character per team, or more in brackets. */
const startedCodec: Codec<number[]> = {
  encode: (started) => started.map((value) => (value < 36 ? value.toString(36) : `(${value.toString(36)})`)).join(''),
  decode: (encoded) =>
    Array.from((encoded as string).matchAll(/(\w)|\((\w+)\)/g), ([, digit, digits = digit]) =>
      parseInt(digits ?? '', 36),
    ),
};

const treatmentCodec = tuple<Treatment>({ team: plain(), priority: plain(), weight: plain(), paused: flag });

/** 0 in older states, which do not have it. */
const numberCodec: Codec<number> = {
  encode: (value) => value,
  decode: (encoded) => (encoded as number | undefined) ?? 0,
};

const moneyCodec = instanceOf(
  Money,
  object<FieldsOf<Money>>({
    budget: plain(),
    reserveShare: plain(),
    spent: plain(),
    reruns: plain(),
    probes: plain(),
    overhead: plain(),
    canaries: numberCodec,
    byClass: recordOf(plain()),
  }),
);

/** Older states do not have it. */
const provenCodec: Codec<PlatformFaults['proven']> = {
  encode: (proven) => proven,
  decode: (encoded) => byName(Object.entries((encoded ?? {}) as PlatformFaults['proven'])),
};

const faultsCodec = instanceOf(
  PlatformFaults,
  object<FieldsOf<PlatformFaults>>({ byClass: recordOf(plain()), all: plain(), images: plain(), proven: provenCodec }),
);

/** Older states do not have it. */
const canariesCodec: Codec<Canaries> = {
  encode: ({ byClass }) => byClass,
  decode: (encoded) =>
    Object.assign(new Canaries(), { byClass: byName(Object.entries((encoded ?? {}) as Canaries['byClass'])) }),
};

const purposeCodec: Codec<Grant['purpose']> = {
  encode: (purpose) => (purpose === 'probe' ? 1 : 0),
  decode: (encoded) => (encoded === 1 ? 'probe' : 'evaluation'),
};

const grantCodec = tuple<Grant>({
  n: plain(),
  purpose: purposeCodec,
  rerun: flag,
  class: plain(),
  reserved: plain(),
  since: plain(),
  expectedSeconds: optional(plain()),
  needMeasured: mark,
  offSpot: optional(plain()),
});

const requestCodec = (rules: ClassRules): Codec<Request> =>
  tuple<Request>({
    n: plain(),
    purpose: purposeCodec,
    rerun: flag,
    ticket: plain(),
    passed: plain(),
    options: optionsCodec(rules),
    needMeasured: mark,
    usedUp: optional(tuple<NonNullable<Request['usedUp']>>({ class: plain(), cause: plain() })),
  });

/** By the class's place in the campaign and expected seconds: prices and limits are the campaign's. */
function optionsCodec(rules: ClassRules): Codec<readonly RunOption[]> {
  const places = new Map(rules.classes.map(({ name }, place) => [name, place]));
  return {
    encode: (options) =>
      options.map((option) => [places.get(option.class) ?? -1, Math.round(option.hours * 36_000) / 10]),
    decode: (encoded) =>
      (encoded as [place: number, seconds: number][]).flatMap(([place, seconds]) => {
        const instanceClass = rules.classes[place];
        return instanceClass ? [optionOn(rules, instanceClass, seconds)] : [];
      }),
  };
}

const openCodec = (rules: ClassRules): Codec<MutableSubmission> =>
  instanceOf(
    MutableSubmission,
    tuple<FieldsOf<MutableSubmission>>({
      team: plain(),
      sequence: plain(),
      preparing: flag,
      settled: plain(),
      spent: plain(),
      request: optional(requestCodec(rules)),
      grant: optional(grantCodec),
      lastReason: optional(plain()),
      stuck: optional(plain<StuckStep>()),
      // Absent in states of older versions, where it then is 0.
      machinesLost: plain(),
    }),
  );
