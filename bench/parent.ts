/**
 * `node --import tsx bench/parent.ts SUBMISSIONS…`: the cost of the campaign workflow alone: real campaign workflow and
 * server, child workflows that only start and report, activities in memory. Sizes above 4,200 are measured between two runs
 * of 4,200, so that a slower machine is not mistaken for growing cost.
 */
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Activities } from '../src/activities/index.ts';
import type { CanaryReport } from '../src/campaign/model/canaries/canary-report.ts';
import { RunStatistics } from '../src/campaign/state/run-statistics.ts';
import { statisticsCodec } from '../src/campaign/state/statistics-encoding.ts';
import { campaignWorkflowId, taskQueues } from '../src/ids.ts';
import { embeddedTimings } from '../src/timings.ts';
import { frozenCampaign } from '../test/support/campaigns/frozen-campaign.ts';
import { startTemporalServer } from '../test/support/servers/temporal-server.ts';
import { teamsOfTheCase } from '../test/support/campaigns/simulated-campaign.ts';
import { parentRuns } from './support/parent-runs.ts';
import { usageOf } from './support/processes.ts';
import { keepResult } from './support/results.ts';

const ofTheCase = 4_200;
const sizes = process.argv.slice(2).map(Number);

/** The activities of the campaign workflow, without S3. */
function activities(rounds: number[], name: string, onStarted: (count: number) => void): Partial<Activities> {
  const plain = frozenCampaign();
  // As many preparing places as in a large campaign.
  const instanceClasses = plain.instanceClasses.map((row) => ({ ...row, slots: 100 }));
  const frozen = { ...plain, campaign: name, instanceClasses };
  const work = { workLists: ['all'], rounds, started: rounds.map(() => 0), weights: [] };
  const money = { spent: 0, reruns: 0, probes: 0, overhead: 0, canaries: 0, byClass: {} };
  const ledger = {
    money,
    counts: { finished: 0, failed: 0, cancelled: 0 },
    reasons: {},
    pace: statisticsCodec.encode(new RunStatistics()),
  };
  return {
    takeStock: async () => ({
      workLists: ['all'],
      ledger,
      running: [],
      acts: [],
      actsRecorded: 0,
      operatorsLog: [],
      canaries: { ended: instanceClasses.map(openedBefore), running: [] },
    }),
    openCampaign: async () => ({ frozen, timings: embeddedTimings, work }),
    nextSubmissions: async ({ picks }) => {
      onStarted(picks.length);
      return picks.map(({ team, index }) => ({
        team,
        teamId: `t${team}`,
        teamName: `Team ${team}`,
        submission: `s${team}-${index}`,
        sequence: 1,
        kind: 'evaluate',
      }));
    },
    endedAmong: async () => [],
    publishResults: async () => ({ leaderboard: '', results: '' }),
  };
}

/** The classes are open. */
const openedBefore = ({ name }: { name: string }): CanaryReport => ({
  class: name,
  n: 1,
  jobId: null,
  verdict: { kind: 'holds' },
  billedSeconds: 0,
  costMicroUsd: 0,
});

async function measure(submissions: number) {
  const server = await startTemporalServer();
  const name = `parent-${submissions}`;
  let started = 0;
  const progress = setInterval(() => console.error(`${started} of ${submissions} started`), 60_000);
  const native = await NativeConnection.connect({ address: server.address });
  const client = new Client({ connection: await Connection.connect({ address: server.address }) });
  const worker = await Worker.create({
    connection: native,
    taskQueue: taskQueues.main,
    workflowsPath: fileURLToPath(new URL('workflows/parent-workflows.ts', import.meta.url)),
    activities: activities(teamsOfTheCase(submissions), name, (count) => (started += count)),
    maxCachedWorkflows: 500,
  });
  const cpu = (): number => [process.pid, server.pid].reduce((sum, pid) => sum + (usageOf(pid)?.cpuSeconds ?? 0), 0);
  const [before, began] = [cpu(), Date.now()];
  const workflowId = campaignWorkflowId(name);
  await worker.runUntil(
    client.workflow.execute('campaign', { workflowId, taskQueue: taskQueues.main, args: [{ campaign: name }] }),
  );
  clearInterval(progress);
  const [cpuSeconds, seconds] = [cpu() - before, (Date.now() - began) / 1000];
  const runs = await parentRuns(client, name);
  await client.connection.close();
  await native.close();
  await server.stop();
  const most = (values: number[]): number => Math.max(...values);
  return {
    submissions,
    seconds,
    cpuMsEach: (cpuSeconds / submissions) * 1000,
    eventsEach: runs.reduce((sum, { events }) => sum + events, 0) / submissions,
    bytesEach: runs.reduce((sum, { historyBytes }) => sum + historyBytes, 0) / submissions,
    runs: runs.length,
    mostEvents: most(runs.map(({ events }) => events)),
    mostCarriedBytes: most(runs.map(({ carriedBytes }) => carriedBytes)),
  };
}

function besideSmall(cpuMsEach: number, small: { cpuMsEach: number }[]) {
  const each = small.map((one) => one.cpuMsEach);
  const ratio = cpuMsEach / (each.reduce((sum, one) => sum + one, 0) / each.length);
  return {
    what: 'the same, relative to 4,200 before and after it',
    found: `${ratio.toFixed(2)} times ${each.map((one) => one.toFixed(1)).join(' and ')} ms`,
    aim: '≤ 1.15',
    met: ratio <= 1.15,
  };
}

Runtime.install({ logger: new DefaultLogger('ERROR') });
for (const submissions of sizes) {
  const isLarge = submissions > ofTheCase;
  const small = isLarge ? [await measure(ofTheCase)] : [];
  const found = await measure(submissions);
  if (isLarge) small.push(await measure(ofTheCase));
  const { seconds, cpuMsEach, eventsEach, runs, mostEvents, mostCarriedBytes } = found;
  keepResult(
    `parent-${submissions}`,
    [
      { what: 'time', found: `${seconds.toFixed(0)} s, ${(submissions / seconds).toFixed(1)} submissions/s` },
      { what: 'processor time per submission, server and worker', found: `${cpuMsEach.toFixed(1)} ms` },
      ...(isLarge ? [besideSmall(cpuMsEach, small)] : []),
      { what: 'events of the campaign workflow per submission', found: `${eventsEach.toFixed(2)} in ${runs} runs` },
      {
        what: 'events of a campaign workflow run, at most',
        found: String(mostEvents),
        aim: '≤ 4,096',
        met: mostEvents <= 4_096,
      },
      {
        what: 'state carried into continue-as-new, at most',
        found: `${Math.ceil(mostCarriedBytes / 1024)} KB`,
        aim: '≤ 256 KB',
        met: mostCarriedBytes <= 256 * 1024,
      },
    ],
    { ...found, ...(isLarge && { small }) },
  );
}
process.exit();
