import assert from 'node:assert/strict';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { encodeState, decodeState } from '../../../src/campaign/state/state-encoding.ts';
import { blockedReasonOf } from '../../../src/campaign/scheduling/blocked-reason.ts';
import { initialState } from '../../../src/campaign/state/initial-state.ts';
import { byName } from '../../../src/campaign/model/by-name.ts';
import type { OperatorCommandName, OperatorCommand } from '../../../src/campaign/operators/operator-commands.ts';
import { applyCommand, validationError } from '../../../src/campaign/operators/apply-command.ts';
import { decide, type Decision } from '../../../src/campaign/scheduling/scheduler.ts';
import { type Start, type StartLimits, limitsOf } from '../../../src/campaign/scheduling/starts.ts';
import { given, holdings, now } from '../state/state-samples.ts';
import type { Message } from './child.ts';
import { GrantChecks } from './grant-checks.ts';
import type { WorldEvent } from './events.ts';
import { checkInvariants } from './invariants.ts';
import { checkNoGrantMissed } from './missed-grants.ts';
import { Rounds } from './rounds.ts';
import { teams, type SetUp } from './set-up.ts';
import { checkStarts } from './start-checks.ts';
import { stateCountsOf, spentBy, sum } from './expected-totals.ts';
import { isDone } from '../../../src/campaign/scheduling/is-done.ts';

type Reply = { n: number; class: string; reserved: number } | { n: number; refused: string };

/** A campaign with its submissions, its operators and undelivered messages, which may arrive twice and in any order. */
export class CampaignWorld {
  /** Every decision. */
  readonly log: string[] = [];
  private readonly rounds: Rounds;
  private state: CampaignState;
  private messages: Message[] = [];
  /** Later rounds that were chosen to start but wait for the previous round’s report. */
  private pendingStarts: Start[] = [];
  private at = now;
  private readonly commands: { command: OperatorCommand; team: number }[] = [];
  private readonly replies = new Map<string, Reply>();

  constructor(
    private readonly setUp: SetUp,
    /** Whether the state is encoded and decoded before every event, as at continue-as-new. */
    private readonly throughJson: boolean,
  ) {
    this.rounds = new Rounds(setUp.plans, teams.length);
    this.state = this.firstState();
  }

  apply({ kind, pick, amount }: WorldEvent): void {
    if (this.throughJson) this.state = this.copyOfState();
    const team = pick % teams.length;
    const actions: Record<WorldEvent['kind'], () => void> = {
      decide: () => this.decide(),
      deliver: () => this.deliver(pick, false),
      deliverCopy: () => this.deliver(pick, true),
      proceed: () => this.send(this.rounds.pick(pick, ({ canProceed: moves }) => moves)?.proceed()),
      reportHeldRun: () => this.reportHeldRun(pick),
      interrupt: () => this.send(this.rounds.pick(pick, ({ stage }) => stage === 'running')?.interrupt(amount)),
      kill: () => this.send(this.rounds.pick(pick, ({ stage }) => stage !== 'ended')?.kill(amount)),
      pauseTeam: () => this.operate('pauseTeam', { team: teams[team] }, team),
      resumeTeam: () => this.operate('resumeTeam', { team: teams[team] }, team),
      reprioritise: () =>
        this.operate('reprioritiseTeam', { team: teams[team], priority: 2 + (pick % 3), weight: 0.5 + amount }, team),
      pause: () => this.operate('pauseCampaign', {}),
      resume: () => this.operate('resumeCampaign', {}),
      raiseBudget: () => this.raiseBudget(1 + Math.floor(amount * 300)),
      setSlots: () => this.operate('setSlots', { class: this.className(pick), slots: Math.floor(amount * 4) }),
      shorten: () => this.state.markShort(this.className(pick), this.at),
      wait: () => (this.at += Math.floor(amount * 3_600_000)),
      setDeadline: () => this.setDeadline(Math.floor(amount * 7_200_000)),
      setDeadlineAtRisk: () => this.state.set({ deadlineAtRisk: amount < 0.5 }),
      retry: () => this.retry(pick),
      loseState: () => this.loseState(),
      close: () => this.operate('close', {}),
    };
    actions[kind]();
    this.check();
  }

  /** Removes every obstacle and continues until the campaign is done; each message arrives twice. */
  finish(): void {
    this.raiseBudget(1_000_000);
    this.at += 3_600_000;
    this.setDeadline(1e9);
    this.operate('resumeCampaign', {});
    for (const name of Object.keys(this.state.slots)) this.operate('setSlots', { class: name, slots: 1 });
    for (const [team, name] of teams.entries()) this.operate('resumeTeam', { team: name }, team);
    for (let turn = 0; !isDone(this.state); turn += 1) {
      assert.ok(turn < 1_000, 'the campaign ends');
      this.decide();
      for (let pick = this.messages.length; pick > 0; pick -= 1) this.deliver(pick, true);
      while (this.messages.length > 0) this.deliver(turn, false);
      for (const child of this.rounds.alive) if (child.canProceed) this.send(child.proceed());
      this.check();
    }
    this.checkEnd();
  }

  private decide(): void {
    const before = this.copyOfState();
    const limits = this.limits();
    const decisions = decide(this.state, limits, this.at);
    this.log.push(JSON.stringify(decisions));
    if (before.closing) assert.ok(decisions.every(({ kind }) => kind === 'refuse'));
    else if (before.paused || this.at >= Date.parse(before.deadline)) assert.deepEqual(decisions, []);
    else {
      const checks = new GrantChecks(before, this.at);
      for (const decision of decisions) if (decision.kind === 'grant') checks.check(decision);
      const starts = decisions.filter((decision) => decision.kind === 'start');
      assert.equal(decisions.length, decisions.filter(({ kind }) => kind === 'grant').length + starts.length);
      checkStarts(before, limits, starts);
      checkNoGrantMissed(this.state, this.at);
    }
    for (const decision of decisions) this.carryOut(decision);
    if (this.messages.length === 0) this.checkBlocked();
  }

  private carryOut(decision: Decision): void {
    if (decision.kind === 'start') {
      this.pendingStarts.push(decision);
      this.startPending();
      return;
    }
    const { submission, n } = decision;
    const key = `${submission}/${n}`;
    const child = this.rounds.of(submission);
    if (decision.kind === 'grant') {
      assert.ok(!this.replies.has(key), `run ${key} is granted once`);
      this.replies.set(key, { n, class: decision.class, reserved: decision.reserved });
      child.receiveGrant(decision, this.at);
    } else {
      const refusal = { n, refused: decision.reason };
      assert.deepEqual(this.replies.get(key) ?? refusal, refusal, 'a refusal stays what it is');
      this.replies.set(key, refusal);
      this.send(child.refuse(n, decision.reason));
    }
  }

  /** Starts later rounds whose previous round has reported its result. */
  private startPending(): void {
    if (this.state.closing) return;
    this.pendingStarts = this.pendingStarts.filter(({ team, index }) => {
      const { plan, sequence } = this.rounds.at(team, index);
      if (!this.state.start(plan.submission, plan.team, sequence)) return true;
      this.rounds.start(team, index);
      return false;
    });
  }

  private deliver(pick: number, keep: boolean): void {
    const index = pick % this.messages.length;
    const message = this.messages[index];
    if (message === undefined) return;
    if (!keep) this.messages = this.messages.filter((_, other) => other !== index);
    const { kind, body } = structuredClone(message);
    if (kind === 'settled') this.state.settle(body);
    else if (kind === 'finished') {
      this.state.finish(body);
      this.startPending();
    } else if (kind === 'heldRun') this.state.restoreRun(body);
    else {
      const grant = this.state.request(body);
      if (grant === undefined) return;
      const { n, class: onClass, reserved } = grant;
      assert.ok(n >= body.n);
      assert.deepEqual({ n, class: onClass, reserved }, this.replies.get(`${body.submission}/${n}`), 'the same reply');
      this.rounds.of(body.submission).receiveGrant(grant, this.at);
    }
  }

  private send(messages: Message[] = []): void {
    this.messages.push(...messages);
  }

  private reportHeldRun(pick: number): void {
    const child = this.rounds.pick(pick, ({ stage }) => stage !== 'ended');
    if (child) this.send([{ kind: 'heldRun', body: child.heldRun() }]);
  }

  private operate(name: OperatorCommandName, message: object, team = -1): boolean {
    const command = { name, message } as OperatorCommand;
    if (validationError(command, this.state) !== undefined) return false;
    applyCommand(command, this.state, team, this.at);
    this.commands.push({ command, team });
    return true;
  }

  private raiseBudget(byMicroUsd: number): void {
    this.operate('raiseBudget', { usd: (this.state.money.budget + byMicroUsd) / 1e6 });
  }

  private setDeadline(inMs: number): void {
    this.operate('setDeadline', { deadline: new Date(this.at + inMs).toISOString() });
  }

  /** All messages of the previous round were delivered; only its report may arrive later or again. */
  private retry(pick: number): void {
    const child = this.rounds.pick(pick, (one) => one.stage === 'ended' && !this.rounds.hasMore(one));
    if (child === undefined || !this.operate('retry', { rounds: 'key', count: 1 })) return;
    this.rounds.add(child);
    given(this.state, { rounds: this.rounds.counts });
    this.messages = this.messages.filter(
      ({ kind, body }) => kind === 'finished' || body.submission !== child.plan.submission,
    );
  }

  /** Terminates and restarts the campaign from the records in S3, the recorded commands and the reports of open submissions. */
  private loseState(): void {
    const before = this.state;
    const { rounds, commands } = this;
    this.state = this.firstState();
    const started = [...before.started];
    for (const { team } of this.pendingStarts.splice(0)) started[team] = (started[team] ?? 0) - 1;
    given(before, { started });
    const ended = rounds.children.filter(({ stage }) => stage === 'ended');
    Object.assign(this.state.money, spentBy(ended));
    given(this.state, { counts: stateCountsOf(ended) });
    for (const { command, team } of commands) applyCommand(command, this.state, team, this.at);
    for (const { plan, sequence } of rounds.alive) this.state.start(plan.submission, plan.team, sequence);
    for (const child of rounds.alive) this.state.restoreRun(child.heldRun());
    const decided = ({ paused, deadline, slots, treatments, rounds, started, money }: CampaignState): object => ({
      paused,
      deadline,
      slots,
      treatments,
      rounds,
      started,
      budget: money.budget,
    });
    assert.deepEqual(decided(this.state), decided(before));
    const hasUnreportedCost = rounds.alive.some(({ stage, plan }) => stage === 'scoring' && plan.silent);
    if (this.messages.length === 0 && !hasUnreportedCost) assert.deepEqual(holdings(this.state), holdings(before));
  }

  private className(pick: number): string {
    const names = Object.keys(this.state.slots);
    return names[pick % names.length] ?? assert.fail();
  }

  private firstState(): CampaignState {
    const { frozen, weights } = this.setUp;
    return initialState(frozen, {
      workLists: ['list'],
      rounds: this.rounds.counts,
      started: this.rounds.startedCounts,
      weights: weights.map((weight, team) => ({ team, name: teams[team] ?? '', weight })),
    });
  }

  private limits(): StartLimits {
    const { open, perTeam } = this.setUp;
    return { ...limitsOf(this.state, perTeam), open };
  }

  /** The state as continue-as-new hands it to the next run. */
  private copyOfState(): CampaignState {
    const { instanceClasses: classes, limits } = this.setUp.frozen;
    const carried = JSON.stringify(encodeState(this.state, { classes, limits }));
    const copy = decodeState(JSON.parse(carried), { rounds: [...this.state.rounds] }, { classes, limits });
    assert.deepEqual(copy, this.state);
    assert.deepEqual([...copy.open.keys()], [...this.state.open.keys()]);
    return copy;
  }

  private check(): void {
    checkInvariants(this.state, this.rounds.children, sum(this.rounds.counts) - this.pendingStarts.length, this.at);
  }

  /** Without undelivered messages, the campaign is blocked exactly when neither it nor any submission can do anything. */
  private checkBlocked(): void {
    const later = this.copyOfState();
    given(later, { shortUntil: byName() });
    if (later.open.size >= this.setUp.open) return;
    const stuck =
      !this.rounds.alive.some(({ canProceed: moves }) => moves) && decide(later, this.limits(), this.at).length === 0;
    const isBlocked = blockedReasonOf(this.state, this.at) !== undefined;
    assert.equal(
      isBlocked,
      stuck && !isDone(this.state) && !this.state.closing,
      'it is blocked exactly when nothing can proceed',
    );
  }

  private checkEnd(): void {
    const { children, alive } = this.rounds;
    assert.deepEqual(alive, []);
    if (!this.state.closing) assert.equal(children.length, sum(this.rounds.counts));
    assert.deepEqual(this.state.counts, stateCountsOf(children));
    // For runs before the last one a report contains only the cost, not the responsible party.
    const sums = ({ spent, reruns, probes, byClass }: ReturnType<typeof spentBy>): object => ({
      spent,
      reruns,
      probes,
      byClass: Object.entries(byClass)
        .filter(([, cost]) => cost > 0)
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    });
    assert.deepEqual(sums(this.state.money), sums(spentBy(children)), 'every run is booked once');
    assert.deepEqual([holdings(this.state), this.state.open.size], [{ slots: {}, reserved: 0 }, 0]);
  }
}

export function runThrough(world: CampaignWorld, events: readonly WorldEvent[]): string[] {
  for (const event of events) world.apply(event);
  world.finish();
  return world.log;
}
