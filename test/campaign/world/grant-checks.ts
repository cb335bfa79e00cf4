import assert from 'node:assert/strict';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import type { WaitingRequest } from '../../../src/campaign/state/open-submission.ts';
import { treatmentOf } from '../../../src/campaign/state/team-settings.ts';
import type { RunGrant } from '../../../src/campaign/model/messages.ts';
import { isPaused, isShort, wantedBy } from './eligible-options.ts';
import { sum } from './expected-totals.ts';

interface Contender {
  submission: string;
  team: number;
  request: WaitingRequest;
  priority: number;
  weight: number;
}

/** Checks that the grants of one decision, in their order, are correct for the state `before` it. */
export class GrantChecks {
  private readonly held: Map<number, number>;
  private readonly heldOn: Map<string, number>;
  private readonly waiting: Map<string, Contender>;
  private readonly slots: number;

  constructor(
    private readonly before: CampaignState,
    private readonly at: number,
  ) {
    const open = [...before.open];
    const grants = open.flatMap(([, { team, grant }]) => (grant ? [{ team, class: grant.class }] : []));
    this.held = countBy(grants.map(({ team }) => team));
    this.heldOn = countBy(grants.map((grant) => grant.class));
    this.waiting = new Map(
      open.flatMap(([submission, { team, request }]) => {
        const { priority, weight } = treatmentOf(before, team);
        return request ? [[submission, { submission, team, request, priority, weight }] as const] : [];
      }),
    );
    this.slots = sum(Object.entries(before.slots).map(([name, slots]) => Math.max(slots, this.heldOn.get(name) ?? 0)));
  }

  check(grant: RunGrant): void {
    const { before, at } = this;
    const next = this.waiting.get(grant.submission) ?? assert.fail('only a waiting request is granted');
    const option = next.request.options.find((candidate) => candidate.class === grant.class) ?? assert.fail();
    assert.deepEqual([grant.n, grant.reserved], [next.request.n, option.worst]);
    assert.ok(!isPaused(before, next.team), 'a paused team is granted nothing');
    assert.ok(!isShort(before, option, at), 'no run is granted on a class without machines');
    if (wantedBy(before, next.request, at)?.class === grant.class) this.checkTurn(next, grant.class);
    else
      assert.ok(
        before.deadlineAtRisk,
        'only a deadline at risk gives a request another class than the one it waits for',
      );
    this.waiting.delete(grant.submission);
    this.held.set(next.team, this.heldBy(next) + 1);
    this.heldOn.set(grant.class, (this.heldOn.get(grant.class) ?? 0) + 1);
    assert.ok((this.heldOn.get(grant.class) ?? 0) <= (before.slots[grant.class] ?? 0), 'slots');
  }

  private checkTurn(next: Contender, onClass: string): void {
    // All runs of a class cost the same, so if this request is affordable, the others for the class are too, and reruns always.
    const others = [...this.waiting.values()].filter(
      ({ team, request, submission }) =>
        submission !== next.submission &&
        !isPaused(this.before, team) &&
        wantedBy(this.before, request, this.at)?.class === onClass &&
        (request.rerun || !next.request.rerun),
    );
    for (const other of others) assert.ok(!this.goesFirst(other, next, onClass), 'another request was first');
    const rivals = others.filter(({ priority }) => priority === next.priority);
    const weights = new Map([...rivals, next].map(({ team, weight }) => [team, weight]));
    if (weights.size === 1) return;
    const share = next.weight / sum(weights.values());
    assert.ok(this.heldBy(next) + 1 <= Math.ceil(share * this.slots) + 1, 'more than its share');
  }

  private goesFirst(one: Contender, other: Contender, onClass: string): boolean {
    const ranks = [one, other].map((contender) => [
      contender.priority,
      this.heldBy(contender) / contender.weight,
      this.isLate(contender.request, onClass) ? 1 : 0,
      contender.request.ticket,
    ]);
    const [mine = [], theirs = []] = ranks;
    const difference = mine.findIndex((rank, index) => rank !== theirs[index]);
    return (mine[difference] ?? 0) < (theirs[difference] ?? 0);
  }

  /** Probes go first while there are no more evaluations waiting for the class than it has slots. */
  private isLate({ purpose }: WaitingRequest, onClass: string): boolean {
    const evaluations = [...this.before.open.values()].filter(
      ({ team, request }) =>
        request?.purpose === 'evaluation' &&
        !isPaused(this.before, team) &&
        wantedBy(this.before, request, this.at)?.class === onClass,
    );
    const many = evaluations.length > (this.before.slots[onClass] ?? 0);
    return many ? purpose === 'probe' : purpose === 'evaluation';
  }

  private heldBy({ team }: Contender): number {
    return this.held.get(team) ?? 0;
  }
}

function countBy<Key>(keys: readonly Key[]): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
