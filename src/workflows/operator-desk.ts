import { ApplicationFailure, type UpdateDefinition } from '@temporalio/common';
import { setHandler } from '@temporalio/workflow';
import type { CampaignState, TeamState } from '../campaign/campaign-state.ts';
import { faultOfReprioritise, type OperatorLine, type Signature } from '../campaign/operator-acts.ts';
import { parseInstant } from '../campaign/units.ts';
import { holdOf } from '../campaign/progress.ts';
import * as messages from './messages.ts';

const logLines = 50;

/** What may still be asked of a campaign that is closing: its runs may go on for hours. */
const endsRuns: ReadonlySet<string> = new Set(['cancel', 'abort']);

/** Takes what operators ask of a campaign: signals that may be refused in the log, updates that answer at once. */
export class OperatorDesk {
  /** Submissions whose cancellation was asked for and not yet sent. */
  readonly toCancel = new Set<string>();

  constructor(
    private readonly state: CampaignState,
    private readonly changed: () => void,
  ) {
    this.takeSignals();
    this.takeUpdates();
  }

  private takeSignals(): void {
    setHandler(messages.pauseTeamSignal, (act) =>
      this.onTeam('pauseTeam', act, (team) => {
        team.paused = true;
      }),
    );
    setHandler(messages.resumeTeamSignal, (act) =>
      this.onTeam('resumeTeam', act, (team) => {
        team.paused = false;
      }),
    );
    setHandler(messages.reprioritiseTeamSignal, (act) => {
      const fault = faultOfReprioritise(act ?? {});
      if (fault) return this.log('reprioritiseTeam', act, fault);
      this.onTeam('reprioritiseTeam', act, (team) => {
        team.priority = act.priority ?? team.priority;
        team.weight = act.weight ?? team.weight;
      });
    });
    setHandler(messages.pauseCampaignSignal, (act) => this.setPaused('pauseCampaign', act, true));
    setHandler(messages.resumeCampaignSignal, (act) => this.setPaused('resumeCampaign', act, false));
  }

  private takeUpdates(): void {
    this.update(messages.raiseBudgetUpdate, 'raiseBudget', {
      fault: ({ usd }) =>
        usd * 1_000_000 > this.state.money.budget ? undefined : `$${usd} is not above the present budget`,
      apply: ({ usd }) => {
        this.state.money.budget = Math.round(usd * 1_000_000);
      },
    });
    this.update(messages.setDeadlineUpdate, 'setDeadline', {
      fault: ({ deadline }) => (parseInstant(deadline) ? undefined : `${textOf(deadline)} is not an instant`),
      apply: ({ deadline }) => {
        this.state.deadline = parseInstant(deadline)?.toISOString() ?? this.state.deadline;
      },
    });
    this.update(messages.setSlotsUpdate, 'setSlots', {
      fault: (act) => {
        if (this.state.slots[act.class] === undefined) return `there is no instance class ${act.class}`;
        return Number.isInteger(act.slots) && act.slots >= 0 ? undefined : `${act.slots} is not a number of slots`;
      },
      apply: (act) => {
        this.state.slots[act.class] = act.slots;
      },
    });
    this.update(messages.cancelUpdate, 'cancel', {
      fault: ({ submissions }) => {
        const notOpen = submissions.filter((id) => !this.state.open[id]);
        return notOpen.length > 0 ? `not under way: ${notOpen.join(', ')}` : undefined;
      },
      apply: ({ submissions }) => submissions.forEach((id) => this.toCancel.add(id)),
    });
    this.update(messages.closeUpdate, 'close', {
      apply: () => {
        const hold = holdOf(this.state, Date.now());
        this.state.closing = hold === 'budget' ? 'budget-exhausted' : 'cancelled';
      },
    });
    this.update(messages.abortUpdate, 'abort', {
      apply: () => {
        this.state.closing = 'cancelled';
        Object.keys(this.state.open).forEach((id) => this.toCancel.add(id));
      },
    });
    for (const [name, update] of Object.entries(notYet)) this.update(update, name, { fault: () => 'not yet' });
  }

  private update<Act extends Signature>(
    definition: UpdateDefinition<void, [Act]>,
    name: string,
    rules: { fault?: (act: Act) => string | undefined; apply?: (act: Act) => void },
  ): void {
    const take = (act: Act): void => {
      rules.apply?.(act);
      this.log(name, act);
    };
    const validator = (act: Act): void => {
      const fault = this.state.closing && !endsRuns.has(name) ? 'the campaign is closing' : rules.fault?.(act);
      if (fault) throw ApplicationFailure.nonRetryable(fault, 'REFUSED');
    };
    setHandler(definition, take, { validator });
  }

  private onTeam(name: string, act: Signature & { team: string }, apply: (team: TeamState) => void): void {
    const wanted: unknown = act?.team;
    const team = typeof wanted === 'string' ? this.state.teams[wanted] : undefined;
    if (team === undefined) return this.log(name, act, `there is no team ${textOf(wanted)}`);
    apply(team);
    this.log(name, act);
  }

  private setPaused(name: string, act: Signature | undefined, paused: boolean): void {
    this.state.paused = paused;
    this.log(name, act);
  }

  private log(act: string, signature: Signature | undefined, refused?: string): void {
    const line: OperatorLine = {
      at: new Date().toISOString(),
      act: [act, ...subjectsOf(signature)].join(' '),
      by: textOf(signature?.by ?? 'Web UI'),
      ...(signature?.reason && { reason: textOf(signature.reason) }),
      ...(refused && { refused }),
    };
    this.state.operatorsLog = [...this.state.operatorsLog, line].slice(-logLines);
    this.changed();
  }
}

const notYet = {
  addSubmissions: messages.addSubmissionsUpdate,
  retry: messages.retryUpdate,
  rescore: messages.rescoreUpdate,
};

/** The values of a message besides who and why, for the log. */
const subjectsOf = (act: Signature | undefined): string[] =>
  Object.entries(act ?? {}).flatMap(([key, value]) =>
    key === 'by' || key === 'reason' ? [] : [`${key}=${textOf(value)}`],
  );

/** What came in a message as a short text, whatever it is: the Web UI sends any JSON. */
const textOf = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')).slice(0, 200);
