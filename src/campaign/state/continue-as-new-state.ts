import { byName } from '../model/by-name.ts';
import type { CampaignState, OpenSubmission, Treatment, WaitingRequest } from './campaign-state.ts';
import { optionOn } from '../evaluation/class-choice.ts';
import type { ClassRules } from '../evaluation/class-fit.ts';
import type { Work } from './initial-state.ts';
import type { Reason } from '../model/reasons.ts';
import type { HeldGrant, StuckStep } from '../model/messages.ts';

/**
 * A campaign's state on its way to the next run, as short JSON: at most 256 KB with 50,000 teams and 1,500 submissions
 * open. What S3 or the frozen campaign can tell again is left out. Pure.
 */
export type EncodedState = Omit<CampaignState, 'rounds' | 'started' | 'treatments' | 'open'> & {
  /** By team, in base 36: one character, or more in brackets. */
  started: string;
  treatments: [team: number, name: string, priority: number, weight: number, paused: 0 | 1][];
  open: CarriedSubmission[];
};

type CarriedSubmission = [
  submission: string,
  team: number,
  sequence: number,
  preparing: 0 | 1,
  settled: number,
  spent: number,
  request: CarriedRequest | 0,
  grant: CarriedGrant | 0,
  lastReason: Reason | 0,
  stuck: StuckStep | 0,
];

type CarriedGrant = [
  n: number,
  probe: 0 | 1,
  rerun: 0 | 1,
  onClass: string,
  reserved: number,
  since: number,
  expectedSeconds: number,
  needMeasured: 0 | 1,
];

/** Options by class and expected seconds: prices and limits are the campaign's. */
type CarriedRequest = [
  n: number,
  probe: 0 | 1,
  rerun: 0 | 1,
  ticket: number,
  passed: number,
  options: [place: number, seconds: number][],
  needMeasured: 0 | 1,
  usedUp: [onClass: string, cause: string] | 0,
];

const flag = (value: boolean): 0 | 1 => (value ? 1 : 0);
const shortNumber = (value: number): string => (value < 36 ? value.toString(36) : `(${value.toString(36)})`);
const numbersAgain = (text: string): number[] =>
  Array.from(text.matchAll(/(\w)|\((\w+)\)/g), ([, digit, digits = digit]) => parseInt(digits ?? '', 36));
const purposeOf = (probe: 0 | 1) => (probe === 1 ? 'probe' : 'evaluation');

/** What the next run is told. */
export function encodeState(state: CampaignState, { classes }: ClassRules): EncodedState {
  const places = new Map(classes.map(({ name }, place) => [name, place]));
  const { rounds: _, started, treatments, open, ...rest } = state;
  return {
    ...rest,
    started: started.map(shortNumber).join(''),
    treatments: [...treatments].map(([team, { team: name, priority, weight, paused }]) => [
      team,
      name,
      priority,
      weight,
      flag(paused),
    ]),
    open: [...open].map(([submission, one]) => [
      submission,
      one.team,
      one.sequence,
      flag(one.preparing),
      one.settled,
      one.spent,
      one.request ? shortRequest(one.request, places) : 0,
      one.grant ? shortGrant(one.grant) : 0,
      one.lastReason ?? 0,
      one.stuck ?? 0,
    ]),
  };
}

/** The state again; `work` and `rules` are read anew in every run. */
export function decodeState(carried: EncodedState, work: Pick<Work, 'rounds'>, rules: ClassRules): CampaignState {
  const { treatments, open, money, slots, shortUntil, faults, pace, ...rest } = carried;
  const started = numbersAgain(carried.started);
  return {
    ...rest,
    rounds: work.rounds,
    started: work.rounds.map((_, team) => started[team] ?? 0),
    treatments: new Map(
      treatments.map(([team, name, priority, weight, paused]): [number, Treatment] => [
        team,
        { team: name, priority, weight, paused: paused === 1 },
      ]),
    ),
    open: new Map(open.map((one) => [one[0], openAgain(one, rules)])),
    money: { ...money, byClass: byName(Object.entries(money.byClass)) },
    slots: byName(Object.entries(slots)),
    shortUntil: byName(Object.entries(shortUntil)),
    faults: { ...faults, byClass: byName(Object.entries(faults.byClass)) },
    pace: { ...pace, byClass: byName(Object.entries(pace.byClass)) },
  };
}

const shortRequest = (request: WaitingRequest, places: Map<string, number>): CarriedRequest => [
  request.n,
  flag(request.purpose === 'probe'),
  flag(request.rerun),
  request.ticket,
  request.passed,
  request.options.map((option) => [places.get(option.class) ?? -1, Math.round(option.hours * 36_000) / 10]),
  flag(request.needMeasured ?? false),
  request.usedUp ? [request.usedUp.class, request.usedUp.cause] : 0,
];

const shortGrant = (grant: HeldGrant): CarriedGrant => [
  grant.n,
  flag(grant.purpose === 'probe'),
  flag(grant.rerun),
  grant.class,
  grant.reserved,
  grant.since,
  grant.expectedSeconds ?? 0,
  flag(grant.needMeasured ?? false),
];

function openAgain(one: CarriedSubmission, rules: ClassRules): OpenSubmission {
  const [, team, sequence, preparing, settled, spent, request, grant, lastReason, stuck] = one;
  return {
    team,
    sequence,
    preparing: preparing === 1,
    settled,
    spent,
    ...(request !== 0 && { request: requestAgain(request, rules) }),
    ...(grant !== 0 && { grant: grantAgain(grant) }),
    ...(lastReason !== 0 && { lastReason }),
    ...(stuck !== 0 && { stuck }),
  };
}

const grantAgain = ([
  n,
  probe,
  rerun,
  onClass,
  reserved,
  since,
  expectedSeconds,
  needMeasured,
]: CarriedGrant): HeldGrant => ({
  n,
  purpose: purposeOf(probe),
  rerun: rerun === 1,
  class: onClass,
  reserved,
  since,
  ...(expectedSeconds > 0 && { expectedSeconds }),
  ...(needMeasured === 1 && { needMeasured: true }),
});

const requestAgain = (
  [n, probe, rerun, ticket, passed, options, needMeasured, usedUp]: CarriedRequest,
  rules: ClassRules,
): WaitingRequest => ({
  n,
  purpose: purposeOf(probe),
  rerun: rerun === 1,
  ticket,
  passed,
  options: options.flatMap(([place, seconds]) => {
    const on = rules.classes[place];
    return on ? [optionOn(rules, on, seconds)] : [];
  }),
  ...(needMeasured === 1 && { needMeasured: true }),
  ...(usedUp !== 0 && { usedUp: { class: usedUp[0], cause: usedUp[1] } }),
});
