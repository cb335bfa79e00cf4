import assert from 'node:assert/strict';
import { Child, type Plan } from './child.ts';

/** Every round of a campaign, by team in the order of the work lists, and its state. */
export class Rounds {
  readonly children: Child[] = [];
  private readonly byTeam: { plan: Plan; sequence: number }[][];
  private readonly last = new Map<string, Child>();

  constructor(plans: readonly Plan[], teams: number) {
    this.byTeam = Array.from({ length: teams }, (_, team) =>
      plans.filter((plan) => plan.team === team).map((plan) => ({ plan, sequence: 1 })),
    );
  }

  get counts(): number[] {
    return this.byTeam.map((rounds) => rounds.length);
  }

  get startedCounts(): number[] {
    return this.byTeam.map((_, team) => this.children.filter(({ plan }) => plan.team === team).length);
  }

  /** The most recently started round of a submission. */
  of(submission: string): Child {
    return this.last.get(submission) ?? assert.fail(`${submission} was not started`);
  }

  /** The round that a start refers to. */
  at(team: number, index: number): { plan: Plan; sequence: number } {
    return this.byTeam[team]?.[index] ?? assert.fail('there is no such round');
  }

  start(team: number, index: number): Child {
    const { plan, sequence } = this.at(team, index);
    const earlier = this.last.get(plan.submission);
    assert.equal(earlier?.sequence ?? 0, sequence - 1, 'a round is started once');
    assert.ok(earlier === undefined || earlier.stage === 'ended', 'rounds do not overlap');
    const child = new Child(plan, sequence, earlier);
    this.children.push(child);
    this.last.set(plan.submission, child);
    return child;
  }

  /** One more round of a submission whose last one has ended. */
  add({ plan, sequence }: Child): void {
    this.byTeam[plan.team]?.push({ plan, sequence: sequence + 1 });
  }

  /** Whether a further round of the submission has already been added. */
  hasMore({ plan, sequence }: Child): boolean {
    return this.byTeam[plan.team]?.some((round) => round.plan === plan && round.sequence > sequence) ?? false;
  }

  pick(pick: number, test: (child: Child) => boolean): Child | undefined {
    const found = [...this.last.values()].filter(test);
    return found[pick % found.length];
  }

  get alive(): Child[] {
    return this.children.filter(({ stage }) => stage !== 'ended');
  }
}
