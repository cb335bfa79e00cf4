/**
 * `node --import tsx bench/campaign.ts [SUBMISSIONS]`: a whole campaign (4,200 by default) on the embedded stack with
 * simulated jobs, with a pause, a changed priority, an exhausted and raised budget, and three killed workers. Started again,
 * it continues where it stopped; its files are in `.bench/campaign-N`.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { breachText } from '../src/campaign/invariants/breach-text.ts';
import type { FrozenCampaign } from '../src/campaign/model/frozen-campaign.ts';
import type { CampaignProgress } from '../src/campaign/operators/progress.ts';
import { checkInvariants } from '../src/client/invariants/check-invariants.ts';
import { startWorkflow } from '../src/client/operator/start-workflow.ts';
import { sendCommand, sendUpdate } from '../src/client/operator/send-command.ts';
import { queryProgress } from '../src/client/status/query-progress.ts';
import { watchCampaign } from '../src/client/watch/watch-campaign.ts';
import { collectResults } from '../src/ledger/results.ts';
import { placesOf } from '../src/local/stack/home/home.ts';
import { readRecord } from '../src/local/stack/parts/part.ts';
import { commandMessages } from '../src/workflows/signals-and-queries.ts';
import { handInSimulated, openSimulatedStack, type SimulatedStack } from '../test/support/campaigns/simulated-stack.ts';
import { teamsOfTheCase } from '../test/support/campaigns/simulated-campaign.ts';
import { parentRuns } from './support/parent-runs.ts';
import { UsageMeter } from './support/processes.ts';
import { benchFolder, keepResult } from './support/results.ts';

const submissions = Number(process.argv[2] ?? 4_200);
const campaign = `bench-${submissions}`;
const slots = { g4: 200, p3: 20 };

/** One in ten needs the larger GPU; one in fifty fails with its own error. */
const needs = Object.fromEntries(
  teamsOfTheCase(submissions).flatMap((count, team) =>
    Array.from({ length: count }, (_, n) => [
      `s${team}-${n}`,
      { ...(team % 10 === 3 && { gpuMemoryMiB: 15_600 }), ...(team % 50 === 7 && { end: 'error' }) },
    ]),
  ),
);

/** Operator commands and failures, each triggered once when this share of the submissions has ended. */
const incidents: { at: number; what: string; act: (bench: SimulatedStack) => Promise<void> }[] = [
  { at: 0.2, what: 'kill -9 of the worker', act: killWorker },
  {
    at: 0.3,
    what: 'pause and resume after 10 s',
    act: async ({ access }) => {
      await sendCommand(access, campaign, commandMessages.pauseCampaign, {});
      await delay(10_000);
      await sendCommand(access, campaign, commandMessages.resumeCampaign, {});
    },
  },
  {
    at: 0.4,
    what: 'reprioritise a team',
    act: ({ access }) => sendCommand(access, campaign, commandMessages.reprioritiseTeam, { team: 't5', priority: 1 }),
  },
  { at: 0.5, what: 'kill -9 of the worker', act: killWorker },
  { at: 0.8, what: 'kill -9 of the worker', act: killWorker },
];

function killWorker({ home }: SimulatedStack): Promise<void> {
  const record = readRecord(placesOf(home), 'worker');
  if (record) process.kill(record.identity.pid, 'SIGKILL');
  return Promise.resolve();
}

const ended = ({ counts }: CampaignProgress): number => counts.finished + counts.failed + counts.cancelled;

/** Bytes of the server's database files. */
function databaseBytes(home: string): number {
  const folder = placesOf(home).temporal;
  return readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}

async function main(): Promise<void> {
  const bench = await openSimulatedStack(benchFolder(`campaign-${submissions}`), {
    slots,
    timeScale: 1_800,
    submissions: needs,
  });
  const frozen = await handInSimulated(bench, {
    campaign,
    teams: teamsOfTheCase(submissions),
    slots,
    // About half of the cost, so that the campaign is blocked once.
    budgetUsd: Math.max(600, Math.round(submissions * 0.43)),
  });
  const { access, home } = bench;
  const meter = new UsageMeter(home);
  const began = Date.now();
  const before = databaseBytes(home);
  await startWorkflow(access, frozen);
  let over = false;
  const watching = follow(bench, meter, () => over);
  try {
    for (;;) {
      const watched = await watchCampaign(access, campaign, { say: () => undefined, result: () => undefined });
      if (watched.kind === 'ended') break;
      console.error(`blocked: ${watched.hold}`);
      if (watched.hold !== 'budget') {
        await delay(1_000);
        continue;
      }
      const { money } = await queryProgress(access, campaign);
      await sendUpdate(access, campaign, commandMessages.raiseBudget, { usd: Math.ceil(money.budget / 1e6) * 2 });
    }
    over = true;
    await watching;
    await report(bench, frozen, meter, (Date.now() - began) / 1000, databaseBytes(home) - before);
  } finally {
    over = true;
    await bench.close();
  }
}

/** Measures the processes, prints progress and triggers the incidents. */
async function follow(bench: SimulatedStack, meter: UsageMeter, isOver: () => boolean): Promise<void> {
  const left = [...incidents];
  for (let look = 0; !isOver(); look += 1) {
    meter.look();
    const progress = await queryProgress(bench.access, campaign).catch(() => undefined);
    if (progress && look % 10 === 0) console.error(JSON.stringify(progress.counts));
    const [next] = left;
    if (progress && next && ended(progress) >= next.at * submissions) {
      left.shift();
      console.error(`${next.what} at ${ended(progress)}`);
      await next.act(bench);
    }
    await delay(1_000);
  }
}

async function report(
  { access }: SimulatedStack,
  frozen: FrozenCampaign,
  meter: UsageMeter,
  seconds: number,
  bytes: number,
): Promise<void> {
  const results = await collectResults(access.results, frozen);
  const states = new Map<string, number>();
  for (const { state } of results.submissions) states.set(state, (states.get(state) ?? 0) + 1);
  const runs = await parentRuns(access.temporal, campaign);
  const usage = meter.total();
  const cpu = Object.values(usage).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  const most = (values: number[]): number => Math.max(...values);
  const signals = runs.flatMap(({ signalsInForceAfterMs }) => signalsInForceAfterMs);
  const health = await fetch(`${process.env['AWS_ENDPOINT_URL_BATCH'] ?? ''}/health`);
  const { busiestSecond } = (await health.json()) as { busiestSecond: number };
  const checkBegan = performance.now();
  const { breaches, counts: checked } = await checkInvariants(access, campaign);
  const checkSeconds = (performance.now() - checkBegan) / 1000;
  for (const breach of breaches) console.error(breachText(breach));
  const counts = [...states].map(([state, count]) => `${count} ${state}`);
  keepResult(
    `campaign-${submissions}`,
    [
      { what: 'submissions by final state', found: counts.join(', '), met: !states.has('queued') },
      { what: 'time', found: `${Math.round(seconds)} s, ${(submissions / seconds).toFixed(2)} submissions/s` },
      { what: 'processor time per submission, all processes', found: `${((cpu / submissions) * 1000).toFixed(0)} ms` },
      {
        what: 'worker, peak resident memory',
        found: `${Math.round(usage.worker.peakMiB)} MiB`,
        aim: '≤ 600 MB',
        met: usage.worker.peakMiB <= 572,
      },
      {
        what: 'events of a campaign workflow run, at most',
        found: `${most(runs.map(({ events }) => events))} in ${runs.length} runs`,
        aim: '≤ 4,096',
        met: most(runs.map(({ events }) => events)) <= 4_096,
      },
      {
        what: 'state carried into continue-as-new, at most',
        found: `${Math.ceil(most(runs.map(({ carriedBytes }) => carriedBytes)) / 1024)} KB`,
        aim: '≤ 256 KB',
        met: most(runs.map(({ carriedBytes }) => carriedBytes)) <= 256 * 1024,
      },
      {
        what: `time until an operator’s signal takes effect, at most (${signals.length} signals)`,
        found: `${Math.ceil(most(signals))} ms`,
        aim: '≤ 1,000 ms',
        met: most(signals) <= 1_000,
      },
      {
        what: 'calls of Batch within one second, at most (the endpoint’s own count)',
        found: String(busiestSecond),
        aim: '≤ 50',
        met: busiestSecond <= 50,
      },
      {
        what: 'check of the ended campaign',
        found: `${breaches.length} breaches in ${checkSeconds.toFixed(1)} s, ${checked?.jobs} jobs`,
        aim: 'no breach',
        met: breaches.length === 0,
      },
      { what: 'database per submission', found: `${Math.round(bytes / submissions / 1024)} KB` },
    ],
    {
      slots,
      seconds,
      usage,
      runs: runs.length,
      events: runs.reduce((sum, { events }) => sum + events, 0),
      bytes,
      incidents: incidents.map(({ at, what }) => ({ at, what })),
    },
    [
      `Processor time by process: ${Object.entries(usage)
        .map(([part, { cpuSeconds }]) => `${part} ${((cpuSeconds / submissions) * 1000).toFixed(0)} ms`)
        .join(', ')} per submission. The worker is one process that runs workflows and all activities ` +
        'except scoring.',
    ],
  );
}

await main();
process.exit();
