import assert from 'node:assert/strict';
import { closeSubmission, openSubmission, settleRun, takeRequest } from '../../src/campaign/bookkeeping.ts';
import {
  heldSlots,
  reservedMicroUsd,
  type CampaignState,
  type OpenSubmission,
} from '../../src/campaign/campaign-state.ts';
import type { RunOption } from '../../src/campaign/class-choice.ts';
import type { Purpose } from '../../src/campaign/frozen-campaign.ts';
import { limitsOf, restoredState } from '../../src/campaign/initial-state.ts';
import { holdOf, isDone, progressOf } from '../../src/campaign/progress.ts';
import type { RunRequest, RunSettlement, SubmissionReport } from '../../src/campaign/protocol.ts';
import type { Reason } from '../../src/campaign/reasons.ts';
import { decide, type Decision } from '../../src/campaign/scheduler.ts';
import { now } from './state-samples.ts';

/** What a submission is going to ask for, and what each run will cost of its worst case. */
export interface Plan {
  submission: string;
  team: string;
  runs: { purpose: Purpose; options: RunOption[]; share: number; reason: Reason | undefined }[];
  /** Says what its last run cost only in its report. */
  silent: boolean;
}

/** One thing that happens in a campaign; `pick` chooses whom it happens to. */
export interface Event {
  kind: (typeof eventKinds)[number];
  pick: number;
  amount: number;
}

export const eventKinds = [
  'decide',
  'deliver',
  'deliverCopy',
  'proceed',
  'kill',
  'pauseTeam',
  'resumeTeam',
  'pause',
  'resume',
  'raiseBudget',
  'setSlots',
  'shorten',
  'wait',
  'setDeadline',
  'close',
] as const;

type Answer = NonNullable<OpenSubmission['answered']>;
type Message =
  | { kind: 'request'; body: RunRequest }
  | { kind: 'settled'; body: RunSettlement }
  | { kind: 'finished'; body: SubmissionReport };

/** A submission's side of the protocol, as its workflow keeps it. */
class Child {
  stage: 'queued' | 'preparing' | 'waiting' | 'running' | 'scoring' | 'ended' = 'queued';
  n = 0;
  readonly costs: number[] = [];
  private grant: Extract<Answer, { class: string }> | undefined;

  constructor(readonly plan: Plan) {}

  get spent(): number {
    return this.costs.reduce((sum, cost) => sum + cost, 0);
  }

  get moves(): boolean {
    return this.stage === 'preparing' || this.stage === 'running' || this.stage === 'scoring';
  }

  /** The next step of its own; answers what it says to the campaign. */
  proceed(): Message[] {
    if (this.stage === 'preparing') return this.next(undefined);
    if (this.stage === 'running') return this.next(this.endRun(this.plan.runs[this.n - 1]?.share ?? 1));
    return this.end('finished');
  }

  hear(answer: Answer): Message[] {
    if (this.stage !== 'waiting' || answer.n !== this.n) return [];
    if ('refused' in answer) return this.end('cancelled');
    this.stage = 'running';
    this.grant = answer;
    return [];
  }

  /** Cancelled or broken: the run it may have costs something, and only the report says so. */
  kill(share: number): Message[] {
    if (this.stage === 'running') this.endRun(share);
    return this.end('failed', 'platform-error');
  }

  private endRun(share: number): RunSettlement {
    const { reserved, class: onClass } = this.grant ?? assert.fail('it runs without a grant');
    const costMicroUsd = Math.floor(share * reserved);
    this.costs.push(costMicroUsd);
    const reason = this.plan.runs[this.n - 1]?.reason;
    return { submission: this.plan.submission, n: this.n, class: onClass, costMicroUsd, ...(reason && { reason }) };
  }

  private next(settles: RunSettlement | undefined): Message[] {
    const run = this.plan.runs[this.n];
    if (run) {
      this.n += 1;
      this.stage = 'waiting';
      const { purpose, options } = run;
      const { submission } = this.plan;
      return [{ kind: 'request', body: { submission, n: this.n, purpose, options, ...(settles && { settles }) } }];
    }
    this.stage = 'scoring';
    return settles && !this.plan.silent ? [{ kind: 'settled', body: settles }] : [];
  }

  private end(state: SubmissionReport['state'], reason?: Reason): Message[] {
    this.stage = 'ended';
    const { submission } = this.plan;
    return [{ kind: 'finished', body: { submission, state, costMicroUsd: this.spent, ...(reason && { reason }) } }];
  }
}

/** A campaign with its submissions and the messages under way, which may come twice and in any order. */
export class CampaignWorld {
  readonly log: string[] = [];
  readonly children: Map<string, Child>;
  private inbox: Message[] = [];
  private at = now;
  private readonly answers = new Map<string, Answer>();

  constructor(
    private state: CampaignState,
    private readonly plans: Plan[],
    private readonly throughJson: boolean,
  ) {
    this.children = new Map(plans.map((plan) => [plan.submission, new Child(plan)]));
  }

  happen(event: Event): void {
    if (this.throughJson) this.state = restoredState(JSON.parse(JSON.stringify(this.state)));
    const run: Record<Event['kind'], () => void> = {
      decide: () => this.carryOut(),
      deliver: () => this.deliver(event.pick, false),
      deliverCopy: () => this.deliver(event.pick, true),
      proceed: () => this.send(this.pickChild(event.pick, (child) => child.moves)?.proceed()),
      kill: () => this.send(this.pickChild(event.pick, isAlive)?.kill(event.amount)),
      pauseTeam: () => this.setTeamPaused(event.pick, true),
      resumeTeam: () => this.setTeamPaused(event.pick, false),
      pause: () => (this.state.paused = true),
      resume: () => (this.state.paused = false),
      raiseBudget: () => (this.state.money.budget += Math.floor(event.amount * 300)),
      setSlots: () => (this.state.slots[this.pickClass(event.pick)] = Math.floor(event.amount * 3)),
      shorten: () => (this.state.shortUntil[this.pickClass(event.pick)] = this.at + 30 * 60_000),
      wait: () => (this.at += Math.floor(event.amount * 3_600_000)),
      setDeadline: () => (this.state.deadline = new Date(this.at + Math.floor(event.amount * 7_200_000)).toISOString()),
      close: () => (this.state.closing ??= 'cancelled'),
    };
    run[event.kind]();
    this.check();
  }

  /** Takes every obstacle away and lets all go on until nothing is left to do, each message coming twice. */
  finish(): void {
    this.state.paused = false;
    this.state.money.budget += 1_000_000;
    this.state.deadline = new Date(this.at + 1e9).toISOString();
    this.at += 3_600_000;
    for (const name of Object.keys(this.state.slots)) this.state.slots[name] = 1;
    for (const team of Object.values(this.state.teams)) team.paused = false;
    for (let round = 0; !isDone(this.state); round += 1) {
      assert.ok(round < 1_000, 'the campaign comes to an end');
      this.carryOut();
      for (let pick = this.inbox.length; pick > 0; pick -= 1) this.deliver(pick, true);
      while (this.inbox.length > 0) this.deliver(round, false);
      for (const child of this.children.values()) if (child.moves) this.send(child.proceed());
      this.check();
    }
    this.checkEnd();
  }

  private carryOut(): void {
    const before = structuredClone(this.state);
    const decisions = decide(this.state, limitsOf(this.state, 2), this.at);
    this.log.push(JSON.stringify(decisions));
    if (before.paused || this.at >= Date.parse(before.deadline)) {
      assert.ok(
        decisions.every(({ kind }) => kind === 'refuse'),
        'nothing new while paused or too late',
      );
    }
    for (const decision of decisions) this.carryOutOne(decision, before);
    this.checkFixpoint();
    if (this.inbox.length === 0) this.checkHold();
  }

  private carryOutOne(decision: Decision, before: CampaignState): void {
    if (decision.kind === 'start') {
      assert.ok(!before.teams[decision.team]?.paused && !before.closing, 'a paused team starts nothing');
      const plan = this.plans.filter(({ team }) => team === decision.team)[decision.index] ?? assert.fail();
      const child = this.children.get(plan.submission) ?? assert.fail();
      assert.equal(child.stage, 'queued', 'a submission is started once');
      child.stage = 'preparing';
      openSubmission(this.state, plan.submission, plan.team);
      return;
    }
    const { submission, n } = decision;
    const key = `${submission}/${n}`;
    assert.ok(!this.answers.has(key), `run ${key} is decided once`);
    const answer: Answer =
      decision.kind === 'grant'
        ? { n, class: decision.class, reserved: decision.reserved }
        : { n, refused: decision.reason };
    this.answers.set(key, answer);
    if (decision.kind === 'grant') {
      assert.ok(!before.teams[before.open[submission]?.team ?? '']?.paused, 'a paused team is granted nothing');
      assert.ok((heldSlots(this.state)[decision.class] ?? 0) <= (this.state.slots[decision.class] ?? 0), 'slots');
    }
    this.send(this.children.get(submission)?.hear(answer));
  }

  private deliver(pick: number, keep: boolean): void {
    const index = pick % this.inbox.length;
    const message = this.inbox[index];
    if (message === undefined) return;
    if (!keep) this.inbox = this.inbox.filter((_, other) => other !== index);
    const { kind, body } = structuredClone(message);
    if (kind === 'settled') settleRun(this.state, body);
    else if (kind === 'finished') closeSubmission(this.state, body);
    else {
      const answered = takeRequest(this.state, body);
      if (answered === undefined) return;
      assert.deepEqual(answered, this.answers.get(`${body.submission}/${answered.n}`), 'the same answer again');
      assert.ok(answered.n >= body.n);
      this.send(this.children.get(body.submission)?.hear(answered));
    }
  }

  private send(messages: Message[] = []): void {
    this.inbox.push(...messages);
  }

  private setTeamPaused(pick: number, paused: boolean): void {
    const teams = Object.values(this.state.teams);
    const team = teams[pick % teams.length];
    if (team) team.paused = paused;
  }

  private pickClass(pick: number): string {
    const names = Object.keys(this.state.slots);
    return names[pick % names.length] ?? assert.fail();
  }

  private pickChild(pick: number, test: (child: Child) => boolean): Child | undefined {
    const found = [...this.children.values()].filter(test);
    return found[pick % found.length];
  }

  /** What is true at every moment. */
  private check(): void {
    const { money, open } = this.state;
    const reserved = reservedMicroUsd(this.state);
    assert.ok(money.spent + reserved <= money.budget, `${money.spent} + ${reserved} of ${money.budget}`);
    assert.equal(sum(Object.values(money.byClass)), money.spent);
    assert.ok(money.probes + money.overhead <= money.spent);
    assert.ok(money.spent <= sum([...this.children.values()].map((child) => child.spent)), 'nothing is booked twice');
    assert.ok(!Object.hasOwn(money.byClass, 'unknown'));
    const { counts, submissions } = progressOf('case', this.state, this.at);
    assert.equal(sum(Object.values(counts)), submissions);
    assert.ok(Object.values(counts).every((count) => count >= 0));
    for (const { request, grant } of Object.values(open)) assert.ok(!(request && grant), 'one run at a time');
  }

  /** Whatever could be granted right now was granted. */
  private checkFixpoint(): void {
    const { state, at } = this;
    if (state.paused || state.closing || at >= Date.parse(state.deadline)) return;
    const held = heldSlots(state);
    const left = state.money.budget - state.money.spent;
    const free = left - reservedMicroUsd(state);
    for (const { team, request } of Object.values(state.open)) {
      if (!request || state.teams[team]?.paused) continue;
      const isOpen = (option: RunOption): boolean =>
        (state.shortUntil[option.class] ?? 0) <= at && (state.slots[option.class] ?? 0) > 0 && option.worst <= left;
      const wanted = request.options.find(isOpen);
      if (!wanted) continue;
      const slot = (held[wanted.class] ?? 0) < (state.slots[wanted.class] ?? 0);
      assert.ok(!slot || wanted.worst > free, 'a free slot and money, and nothing was decided');
    }
  }

  /** With no message under way, the campaign holds exactly when neither it nor any submission has anything to do. */
  private checkHold(): void {
    const later = restoredState(structuredClone({ ...this.state, shortUntil: {} }));
    const stuck =
      ![...this.children.values()].some((child) => child.moves) &&
      decide(later, limitsOf(later, 2), this.at).length === 0;
    const holds = holdOf(this.state, this.at) !== undefined;
    assert.equal(holds, stuck && !isDone(this.state) && !this.state.closing, 'it holds exactly when nothing can move');
  }

  private checkEnd(): void {
    const children = [...this.children.values()];
    const ended = children.filter(({ stage }) => stage === 'ended').length;
    const { finished, failed, cancelled } = this.state.counts;
    assert.equal(finished + failed + cancelled, ended);
    assert.equal(
      ended,
      this.state.closing ? children.filter(({ stage }) => stage !== 'queued').length : children.length,
    );
    assert.equal(this.state.money.spent, sum(children.map((child) => child.spent)), 'every run is booked once');
    assert.deepEqual([reservedMicroUsd(this.state), Object.keys(this.state.open)], [0, []]);
  }
}

const isAlive = ({ stage }: Child): boolean => stage !== 'queued' && stage !== 'ended';

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
