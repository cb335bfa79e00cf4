import { ApplicationFailure } from '@temporalio/common';
import type { RecordedCommand } from '../../ledger/command-log.ts';
import type { CampaignState, OperatorLogLine } from '../../campaign/state/campaign-state.ts';
import type { Reason } from '../../campaign/model/reasons.ts';
import type { OperatorCommand } from '../../campaign/operators/operator-messages.ts';
import { applyCommand, asRecorded, validationError } from '../../campaign/operators/operator-commands.ts';
import { takeStuckSubmissions } from '../../campaign/state/stuck-steps.ts';
import type { SubmissionWorkflows } from './submission-workflows.ts';
import { longActivities, activities } from '../activity-proxies.ts';

const logLines = 50;
/** Characters of an act in the log, whose message may have any number of fields. */
const longestAct = 500;

interface PendingAct {
  act: OperatorCommand;
  /** Tells who waits for the answer; undefined: it is in force and on record. */
  answer?: (refusal: ApplicationFailure | undefined) => void;
}

/** What a desk hands to that of the next run. */
export interface CarriedCommands {
  /** How many acts the chain holds. */
  recorded: number;
  pending: OperatorCommand[];
  unrecorded: RecordedCommand[];
}

/** Takes what operators ask of a campaign, in order: checks it, carries it out and keeps it in the chain of acts. */
export class CommandProcessor {
  private readonly pending: PendingAct[];
  private unrecorded: RecordedCommand[];
  private recorded: number;

  constructor(
    private readonly campaign: string,
    private readonly state: CampaignState,
    private readonly children: SubmissionWorkflows,
    { recorded, pending, unrecorded }: CarriedCommands,
    private readonly wake: () => void,
  ) {
    this.recorded = recorded;
    this.pending = pending.map((act) => ({ act }));
    this.unrecorded = unrecorded;
  }

  /** Everything that nobody waits for. */
  carried(): CarriedCommands {
    return { recorded: this.recorded, pending: this.pending.map(({ act }) => act), unrecorded: this.unrecorded };
  }

  /** Somebody waits for an answer. */
  get isAsked(): boolean {
    return this.pending.some(({ answer }) => answer !== undefined);
  }

  get isIdle(): boolean {
    return this.pending.length === 0 && this.unrecorded.length === 0;
  }

  /** Throws when an act is refused at once. */
  check(act: OperatorCommand): void {
    const fault = validationError(act, this.state);
    if (fault) throw refusal(fault);
  }

  /** The act will be carried out, or refused in the log. */
  take(act: OperatorCommand): void {
    this.pending.push({ act });
    this.wake();
  }

  /** Ends once the act is in force and on record, or fails with the reason why it is refused. */
  ask(act: OperatorCommand): Promise<void> {
    this.wake();
    return new Promise((taken, refused) => {
      this.pending.push({ act, answer: (refusal) => (refusal ? refused(refusal) : taken()) });
    });
  }

  /** Notes what the campaign decided by itself. */
  note(act: string): void {
    this.log({ at: new Date().toISOString(), act, by: 'holdout' }, null);
  }

  /** Carries out everything that was asked for; `mayClose`: the campaign knows what it holds for, which a close depends on. */
  async work(mayClose: boolean): Promise<void> {
    const answers: (() => void)[] = [];
    const later: PendingAct[] = [];
    for (let next = this.pending.shift(); next !== undefined; next = this.pending.shift()) {
      const { act: asked, answer } = next;
      if (asked.name === 'close' && !mayClose) {
        later.push(next);
        continue;
      }
      const wrong = validationError(asked, this.state);
      const act = wrong === undefined ? asRecorded(asked, this.state, Date.now()) : asked;
      const fault = wrong ?? (await this.carryOut(act));
      this.log(lineOf(act, fault), fault === undefined ? act : null);
      answers.push(() => answer?.(fault === undefined ? undefined : refusal(fault)));
    }
    this.pending.unshift(...later);
    if (this.unrecorded.length > 0) {
      const acts = this.unrecorded;
      this.unrecorded = [];
      await activities('main', `keep ${acts.length} acts`).recordActs({
        campaign: this.campaign,
        first: this.recorded + 1,
        acts,
      });
      this.recorded += acts.length;
    }
    for (const answer of answers) answer();
  }

  /** Answers why an act that has no fault cannot be carried out all the same. */
  private async carryOut(act: OperatorCommand): Promise<string | undefined> {
    const name = teamNamed(act);
    const team = name === undefined ? null : await this.numberOf(name);
    if (name !== undefined && team === null) return `there is no team ${textOf(name)}`;
    if ('rounds' in act.message && !(await this.takeRounds(act.message.rounds))) {
      return `there are no rounds ${textOf(act.message.rounds)}`;
    }
    applyCommand(act, this.state, team ?? -1, Date.now());
    switch (act.name) {
      case 'pauseTeam':
      case 'pauseCampaign':
        if (act.message.kill) this.children.endRuns(team);
        return undefined;
      case 'cancel':
        await this.cancel(act.message.submissions, team, act.message.because);
        return undefined;
      case 'abort':
        this.children.cancel([...this.state.open.keys()]);
        return undefined;
      case 'resumeCampaign':
        if (act.message.class === undefined) this.children.tryAgain(takeStuckSubmissions(this.state));
        return undefined;
      case 'resumeTeam':
      case 'reprioritiseTeam':
      case 'raiseBudget':
      case 'setDeadline':
      case 'setSlots':
      case 'addSubmissions':
      case 'retry':
      case 'rescore':
      case 'close':
        return undefined;
    }
  }

  private async numberOf(team: string): Promise<number | null> {
    for (const [number, treatment] of this.state.treatments) if (treatment.team === team) return number;
    const { campaign, state } = this;
    return activities('main', `which team is ${team}`).findTeam({ campaign, workLists: state.workLists, team });
  }

  /** False: nobody wrote them. */
  private async takeRounds(added: string): Promise<boolean> {
    const { campaign, state } = this;
    const taken = await longActivities('main', 'the rounds that were added').takeRounds({
      campaign,
      workLists: state.workLists,
      added,
    });
    if (taken === null) return false;
    const { workLists, work } = taken;
    state.workLists = workLists;
    state.rounds = work.rounds;
    state.started = work.rounds.map((_, team) => state.started[team] ?? work.started[team] ?? 0);
    return true;
  }

  private async cancel(
    submissions: string[] | undefined,
    team: number | null,
    because: Reason | undefined,
  ): Promise<void> {
    const { campaign, state } = this;
    const chosen = submissions && new Set(submissions);
    const open = [...state.open].filter(
      ([submission, one]) =>
        (chosen === undefined || chosen.has(submission)) &&
        (team === null || one.team === team) &&
        (because === undefined || one.lastReason === because),
    );
    this.children.cancel(open.map(([submission]) => submission));
    await longActivities('main', 'cancel what has not started').cancelQueued({
      campaign,
      workLists: state.workLists,
      open: [...state.open.keys()],
      ...(submissions && { submissions }),
      ...(team !== null && { team }),
      ...(because && { because }),
    });
  }

  private log(line: OperatorLogLine, message: OperatorCommand | null): void {
    this.state.operatorsLog = [...this.state.operatorsLog, line].slice(-logLines);
    this.unrecorded.push({ ...line, message });
    this.wake();
  }
}

const refusal = (fault: string): ApplicationFailure => ApplicationFailure.nonRetryable(fault, 'REFUSED');

/** The team that an act names, whatever was typed there. */
const teamNamed = ({ message }: OperatorCommand): string | undefined =>
  'team' in message && message.team !== undefined ? textOf(message.team) : undefined;

const lineOf = ({ name, message }: OperatorCommand, refused: string | undefined): OperatorLogLine => ({
  at: new Date().toISOString(),
  act: [name, ...subjectsOf(message)].join(' ').slice(0, longestAct),
  by: textOf(message.by ?? 'Web UI'),
  ...(message.reason && { reason: textOf(message.reason) }),
  ...(message.id && { id: textOf(message.id) }),
  ...(refused && { refused: textOf(refused) }),
});

/** Who and why have places of their own in the log; keys of objects in S3 say nothing to people. */
const unsaidKeys = ['by', 'reason', 'id', 'rounds'];

/** The other values of a message, for the log. */
const subjectsOf = (message: object): string[] =>
  Object.entries(message).flatMap(([key, value]) => (unsaidKeys.includes(key) ? [] : [`${key}=${textOf(value)}`]));

/** What came in a message as a short text, whatever it is: the Web UI sends any JSON. */
const textOf = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')).slice(0, 200);
