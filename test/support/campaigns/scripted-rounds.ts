import type { QueuedChoice } from '../../../src/activities/cancel-queued.ts';
import type { Activities } from '../../../src/activities/index.ts';
import { workOf } from '../../../src/activities/open-campaign.ts';
import type { SubmissionResult } from '../../../src/activities/record-result.ts';
import type { FrozenCampaign } from '../../../src/campaign/model/frozen-campaign.ts';
import { roundKeyOf, workListOf, type TeamRound } from '../../../src/campaign/model/rounds.ts';
import { workByTeam, type AddedRounds, type WorkList, type WorkOfTeam } from '../../../src/campaign/model/work-list.ts';
import { statisticsCodec } from '../../../src/campaign/state/statistics-encoding.ts';
import type { RecordedCommand } from '../../../src/ledger/command-log.ts';
import { addChain, noTotals } from '../../../src/ledger/totals.ts';
import type { RunningRound } from '../../../src/activities/running-workflows.ts';

type Stock = Awaited<ReturnType<Activities['takeStock']>>;

/** Work lists, operator commands and ledger of scripted campaigns in memory; teams are numbered in the order of `teams`. */
export class ScriptedRounds {
  teams: Record<string, string[]> = {};
  readonly recorded: SubmissionResult[] = [];
  /** The additions that messages of addSubmissions, retry and rescore name by key. */
  readonly added = new Map<string, AddedRounds>();
  private readonly chains = new Map<string, RecordedCommand[]>();
  private readonly lists = new Map<string, WorkList>();

  reset(): void {
    this.recorded.length = 0;
    this.chains.clear();
  }

  /** The operator commands of a campaign. */
  commands(campaign: string): RecordedCommand[] {
    const acts = this.chains.get(campaign) ?? [];
    this.chains.set(campaign, acts);
    return acts;
  }

  takeStock(campaign: string, listed: readonly RunningRound[]): Stock {
    const acts = this.commands(campaign);
    const rounds = this.rounds(acts);
    const ledger = noTotals();
    for (const submission of new Set(this.recorded.map((record) => record.submission))) {
      const records = this.recordsOf(submission).map((record) => ({
        version: 1 as const,
        predecessor: null,
        ...record,
      }));
      addChain(ledger, records);
    }
    const running = listed.filter((round) => !this.isFinal(round));
    const begun = new Set(running.map(roundKeyOf));
    const teams = [...new Set(rounds.map(({ team }) => team))];
    const list = workListOf(teams, rounds, (round) => this.isFinal(round) || begun.has(roundKeyOf(round)));
    const teamOf = new Map(rounds.map(({ submission, team }) => [submission, teams.indexOf(team)]));
    return {
      workLists: [this.keep(campaign, list)],
      ledger: { ...ledger, pace: statisticsCodec.encode(ledger.pace) },
      running: running.map((round) => ({ ...round, team: teamOf.get(round.submission) ?? -1 })),
      acts: acts.flatMap(({ message: act }) => {
        if (act === null) return [];
        return [{ act, team: 'team' in act.message ? teams.indexOf(act.message.team ?? '') : -1 }];
      }),
      actsRecorded: acts.length,
      operatorsLog: acts.map(({ at, act, by }) => ({ at, act, by })),
    };
  }

  takeRounds(
    frozen: FrozenCampaign,
    workLists: readonly string[],
    added: string,
  ): Awaited<ReturnType<Activities['takeRounds']>> {
    const rounds = this.added.get(added)?.rounds;
    if (rounds === undefined) return null;
    const known = new Set(this.work(workLists).flatMap(({ rounds }) => rounds.map(roundKeyOf)));
    const fresh = rounds.filter((round) => !known.has(roundKeyOf(round)));
    const list = workListOf([...new Set(fresh.map(({ team }) => team))], fresh, () => false);
    const longer = fresh.length === 0 ? workLists : [...workLists, this.keep(frozen.campaign, list)];
    return { workLists: longer, work: workOf(frozen, longer, this.work(longer)) };
  }

  work(workLists: readonly string[]): WorkOfTeam[] {
    return workByTeam(workLists.flatMap((key) => this.lists.get(key) ?? []));
  }

  /** Selection by reason is not scripted. */
  cancelQueued({ campaign, workLists, open, submissions, team: number }: QueuedChoice): number {
    const rounds = this.work(workLists).flatMap(({ team, rounds }, place) =>
      rounds
        .filter((round) => {
          if (open.includes(round.submission) || this.isFinal(round)) return false;
          if (number !== undefined && number !== place) return false;
          return submissions === undefined || submissions.includes(round.submission);
        })
        .map(({ submission, sequence }) => ({ submission, sequence, team })),
    );
    const end = { state: 'cancelled', reason: 'cancelled', detail: null, runs: [], score: null, image: null } as const;
    this.recorded.push(...rounds.map((round) => ({ campaign, ...round, ...end, runs: [] })));
    return rounds.length;
  }

  teamOf(submission: string): string {
    const teams = [...this.lists.values()].flatMap((list) => list.teams);
    return teams.find(({ rounds }) => rounds.some((round) => round.submission === submission))?.team ?? '';
  }

  recordsOf(submission: string): SubmissionResult[] {
    return this.recorded.filter((record) => record.submission === submission).sort((a, b) => a.sequence - b.sequence);
  }

  isFinal({ submission, sequence }: RunningRound): boolean {
    return this.recorded.some((record) => record.submission === submission && record.sequence === sequence);
  }

  /** The teams' first rounds and those that accepted commands added. */
  private rounds(acts: readonly RecordedCommand[]): TeamRound[] {
    const first = Object.entries(this.teams).flatMap(([team, submissions]) =>
      submissions.map((submission) => ({ submission, sequence: 1, kind: 'evaluate' as const, team, teamName: team })),
    );
    const added = acts.flatMap(({ message: act }) =>
      act && 'rounds' in act.message ? (this.added.get(act.message.rounds)?.rounds ?? []) : [],
    );
    return [...first, ...added];
  }

  private keep(campaign: string, list: WorkList): string {
    const key = `${campaign}/work/${this.lists.size}.json`;
    this.lists.set(key, list);
    return key;
  }
}
