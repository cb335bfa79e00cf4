import type { OperatorCommand } from '../campaign/operators/operator-commands.ts';
import type { CanaryReport } from '../campaign/model/canaries/canary-report.ts';
import { roundKeyOf, workListOf } from '../campaign/model/rounds.ts';
import { canariesOf, canaryReportOf } from '../ledger/canary-records.ts';
import { commandsOf, type ChainedCommand } from '../ledger/command-log.ts';
import { campaignRounds } from '../ledger/campaign-rounds.ts';
import { eachChain } from '../ledger/ledger.ts';
import { publishedOrder } from '../ledger/published-order.ts';
import { addChain, noTotals, type LedgerTotals } from '../ledger/totals.ts';
import { keepWorkList } from '../ledger/work-lists.ts';
import type { Dependencies } from './dependencies.ts';
import { runningCanaries, type RunningCanary } from './canaries/running-canaries.ts';
import { runningRounds, type RunningRound } from './running-workflows.ts';
import { logLines, type OperatorLogLine } from '../campaign/state/operators-log.ts';
import type { FieldsOf } from '../campaign/state/read-only.ts';
import type { Spending } from '../campaign/state/spending.ts';
import { statisticsCodec } from '../campaign/state/statistics-encoding.ts';

/** The facts from which a campaign without state starts: at first, after its end, or after the loss of its workflow. */
interface CampaignSnapshot {
  /** Keys of the work lists: every round that is neither final nor running. */
  workLists: string[];
  /** `pace` as {@link statisticsCodec} encodes it. */
  ledger: Omit<LedgerTotals, 'money' | 'pace'> & { money: FieldsOf<Spending>; pace: unknown };
  running: (RunningRound & { team: number })[];
  /** The accepted commands in order; `team` is the number of the team that a command names, else -1. */
  acts: { act: OperatorCommand; team: number }[];
  actsRecorded: number;
  /** The last lines. */
  operatorsLog: OperatorLogLine[];
  /** Absent in older histories. */
  canaries?: { ended: CanaryReport[]; running: RunningCanary[] };
}

/** Reads the intake, the operators' commands, the ledger and the running rounds; writes a work list of the rest. */
export async function loadCampaignSnapshot(
  deps: Dependencies,
  { campaign }: { campaign: string },
): Promise<CampaignSnapshot> {
  const { results, frozen } = deps;
  const rules = await frozen.campaign(campaign);
  const commands = await commandsOf(results, campaign);
  const { rounds } = await campaignRounds(results, rules, commands);
  // Listed before the ledger is read, so that a round that ends in between shows up in the ledger.
  const listed = await runningRounds(deps, campaign);
  const final = new Map<string, number>();
  const ledger = noTotals();
  await eachChain(results, campaign, (submission, records) => {
    final.set(submission, records.length);
    addChain(ledger, records);
  });
  const isFinal = ({ submission, sequence }: RunningRound): boolean => sequence <= (final.get(submission) ?? 0);
  const running = listed.filter((round) => !isFinal(round));
  const names = new Set(running.map(roundKeyOf));

  const teams = publishedOrder(rules.fairness.seed, new Set(rounds.map(({ team }) => team)));
  const list = workListOf(teams, rounds, (round) => isFinal(round) || names.has(roundKeyOf(round)));
  const numbers = new Map(teams.map((team, number) => [team, number]));
  const teamOf = new Map(rounds.map(({ submission, team }) => [submission, numbers.get(team) ?? -1]));
  return {
    workLists: [await keepWorkList(results, campaign, list)],
    ledger: { ...ledger, pace: statisticsCodec.encode(ledger.pace) },
    running: running.flatMap((round) => {
      const team = teamOf.get(round.submission);
      return team === undefined ? [] : [{ ...round, team }];
    }),
    acts: commands.flatMap(({ message: act }) => (act === null ? [] : [{ act, team: teamNamed(act, numbers) }])),
    actsRecorded: commands.length,
    operatorsLog: commands.slice(-logLines).map(lineOf),
    canaries: await canariesIn(deps, campaign),
  };
}

async function canariesIn(deps: Dependencies, campaign: string): Promise<NonNullable<CampaignSnapshot['canaries']>> {
  // Listed before the records are read, so that one that ends in between has its record.
  const running = await runningCanaries(deps, campaign);
  return { running, ended: (await canariesOf(deps.results, campaign)).map(canaryReportOf) };
}

const teamNamed = ({ message }: OperatorCommand, numbers: Map<string, number>): number =>
  ('team' in message && message.team !== undefined ? numbers.get(message.team) : undefined) ?? -1;

const lineOf = ({ at, act, shown, by, reason, refused }: ChainedCommand): OperatorLogLine => ({
  at,
  act,
  ...(shown !== undefined && { shown }),
  by,
  ...(reason !== undefined && { reason }),
  ...(refused !== undefined && { refused }),
});
