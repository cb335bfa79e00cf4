import type { OperatorCommand } from '../campaign/operators/operator-commands.ts';
import type { FrozenCampaign } from '../campaign/model/frozen-campaign.ts';
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
import { canariesAmong, runningCanaries, type RunningCanary } from './canaries/running-canaries.ts';
import { runningAmong, runningRounds, type RunningRound } from './running-workflows.ts';
import { resultObjects } from '../object-keys.ts';
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
  const unlisted = await runningUnlisted(deps, campaign, {
    open: rounds.filter((round) => !isFinal(round)).map(({ submission }) => submission),
    listed: listed.map(({ submission }) => submission),
  });
  const running = [...listed, ...unlisted].filter((round) => !isFinal(round));
  const names = new Set(running.map(roundKeyOf));

  const teams = publishedOrder(rules.fairness.seed, new Set(rounds.map(({ team }) => team)));
  const list = workListOf(teams, rounds, (round) => isFinal(round) || names.has(roundKeyOf(round)));
  const numbers = new Map(teams.map((team, number) => [team, number]));
  const teamOf = new Map(rounds.map(({ submission, team }) => [submission, numbers.get(team) ?? -1]));
  return {
    workLists: [await keepWorkList(results, campaign, list)],
    ledger: { ...ledger, pace: statisticsCodec.encode(ledger.pace) },
    running: running.flatMap((round) => withTeam(round, teamOf.get(round.submission))),
    acts: commands.flatMap(({ message: act }) => (act === null ? [] : [{ act, team: teamNamed(act, numbers) }])),
    actsRecorded: commands.length,
    operatorsLog: commands.slice(-logLines).map(lineOf),
    canaries: await canariesIn(deps, campaign, rules),
  };
}

const withTeam = (round: RunningRound, team: number | undefined): (RunningRound & { team: number })[] =>
  team === undefined ? [] : [{ ...round, team }];

/**
 * The running rounds that Temporal's list does not show yet, although an abort must reach them. Looks at every open submission,
 * unless the campaign starts for the first time and none can run.
 */
async function runningUnlisted(
  deps: Dependencies,
  campaign: string,
  { open, listed }: { open: string[]; listed: string[] },
): Promise<RunningRound[]> {
  const { store, bucket } = deps.results;
  const { done } = await store.list(bucket, resultObjects.workFolder(campaign)).next();
  if (done) return [];
  const shown = new Set(listed);
  return runningAmong(deps, campaign, new Set(open.filter((submission) => !shown.has(submission))));
}

async function canariesIn(
  deps: Dependencies,
  campaign: string,
  { instanceClasses }: FrozenCampaign,
): Promise<NonNullable<CampaignSnapshot['canaries']>> {
  // Listed before the records are read, so that one that ends in between has its record.
  const listed = await runningCanaries(deps, campaign);
  const ended = (await canariesOf(deps.results, campaign)).map(canaryReportOf);
  const numberAfter = (name: string): number =>
    1 + Math.max(0, ...ended.map((one) => (one.class === name ? one.n : 0)));
  const unlisted = instanceClasses
    .filter(({ name }) => !listed.some((one) => one.class === name))
    .map(({ name }) => ({ class: name, n: numberAfter(name) }));
  return { running: [...listed, ...(await canariesAmong(deps, campaign, unlisted))], ended };
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
