/**
 * `node --import tsx bench/api-calls.ts`: two workers submit 1,000 runs as fast as permitted and then wait for their jobs.
 * Measures the calls of SubmitJob within one second, the calls of DescribeJobs, and the memory of a waiting worker.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { jobsByName } from '../src/batch/job-lists/run-jobs.ts';
import type { RunOrder } from '../src/activities/submit-batch-job.ts';
import { projectRoot } from '../src/local/project-root.ts';
import { embeddedTimings } from '../src/timings.ts';
import { handInSimulated, openSimulatedStack, type SimulatedStack } from '../test/support/campaigns/simulated-stack.ts';
import type { order } from './workflows/order-workflows.ts';
import { usageOf, usageOfParts } from './support/processes.ts';
import { benchFolder, keepResult } from './support/results.ts';

const jobs = 1_000;
const slots = { g4: jobs, p3: 1 };
const campaign = 'api-calls';
const taskQueue = 'bench-orders';
const watchedSeconds = 60;
const idsPerCall = 100;

async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  // Two hours long, so that no job ends during the measurement.
  const submissions = Object.fromEntries(
    Array.from({ length: jobs }, (_, n) => [`s${n}-0`, { secondsPerItem: 1_800, spread: 0 }]),
  );
  const bench = await openSimulatedStack(benchFolder(`api-calls-${Date.now()}`), { slots, timeScale: 1, submissions });
  const second = fork(join(projectRoot(), 'dist', 'worker.mjs'), ['--queues', 'submit,await'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    const teams = Array.from({ length: jobs }, () => 1);
    await handInSimulated(bench, { campaign, teams, slots, budgetUsd: 100_000, unprobed: true });
    const orders = await startOrders(bench);
    const created = await submitted(bench);
    await report(bench, second, created);
    await orders.end();
  } finally {
    second.kill('SIGTERM');
    await bench.close();
  }
}

/** Starts a workflow for every order on a worker in this process; the activities run on the two workers of the stack. */
async function startOrders({ access }: SimulatedStack): Promise<{ end: () => Promise<void> }> {
  const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  const worker = await Worker.create({
    connection,
    namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default',
    taskQueue,
    workflowsPath: fileURLToPath(new URL('workflows/order-workflows.ts', import.meta.url)),
    maxCachedWorkflows: 2 * jobs,
  });
  const running = worker.run();
  const image = { reference: 'oci:/none:none', digest: `sha256:${'0'.repeat(64)}` };
  const start = (n: number): Promise<unknown> => {
    const run: RunOrder = {
      campaign,
      submission: `s${n}-0`,
      n: 1,
      purpose: 'evaluation',
      class: 'g4',
      moreSharedMemory: false,
      image,
    };
    const args: [RunOrder, typeof embeddedTimings] = [run, embeddedTimings];
    return access.temporal.workflow.start<typeof order>('order', { workflowId: `order ${n}`, taskQueue, args });
  };
  for (let from = 0; from < jobs; from += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, n) => start(from + n)));
  }
  return {
    end: async () => {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

/** Waits for all jobs; returns the instants (ms) at which the endpoint accepted them. */
async function submitted({ access }: SimulatedStack): Promise<number[]> {
  for (;;) {
    const { submitjob = 0 } = await callsOf();
    console.error(`${submitjob} of ${jobs} submitted`);
    if (submitjob >= jobs) break;
    await delay(2_000);
  }
  const list = await jobsByName(await access.openBatch(), 'simulated-g4', '*');
  return list.map(({ createdAt = 0 }) => createdAt).sort((a, b) => a - b);
}

/** Calls of each operation of the Batch endpoint so far. */
async function callsOf(): Promise<Record<string, number>> {
  const answer = await fetch(`${process.env['AWS_ENDPOINT_URL_BATCH'] ?? ''}/health`);
  return ((await answer.json()) as { calls: Record<string, number> }).calls;
}

/** The maximum number of these instants within one second. */
function mostInASecond(instants: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [last, instant] of instants.entries()) {
    while ((instants[first] ?? 0) <= instant - 1_000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

async function report({ home }: SimulatedStack, second: ChildProcess, created: number[]): Promise<void> {
  // By now both workers await their jobs; count polls from here on.
  await delay(5_000);
  const before = (await callsOf())['describejobs'] ?? 0;
  await delay(watchedSeconds * 1_000);
  const calls = ((await callsOf())['describejobs'] ?? 0) - before;
  const pollSeconds = embeddedTimings.poll / 1_000;
  // Each worker may have one incomplete batch of IDs.
  const most = Math.ceil(jobs / idsPerCall + 1) * (watchedSeconds / pollSeconds);
  const seconds = ((created.at(-1) ?? 0) - (created[0] ?? 0)) / 1_000;
  const first = usageOfParts(home).worker;
  const other = usageOf(second.pid ?? 0);
  const rate = mostInASecond(created);
  keepResult(
    'api-calls',
    [
      { what: 'jobs submitted by two workers', found: `${created.length} in ${seconds.toFixed(1)} s` },
      { what: 'SubmitJob calls within one second, at most', found: String(rate), aim: '≤ 40', met: rate <= 40 },
      {
        what: `DescribeJobs in ${watchedSeconds} s while two workers wait for ${jobs} jobs, poll ${pollSeconds} s`,
        found: `${calls}`,
        aim: `≤ ${most} (one per 100 jobs and poll; each worker may have one incomplete batch)`,
        met: calls <= most,
      },
      {
        what: 'worker that awaits half of the jobs, peak resident memory',
        found: `${Math.round(Math.max(first.peakMiB, other?.peakMiB ?? 0))} MiB`,
      },
    ],
    { jobs: created.length, seconds, rate, calls, created: created.map((instant) => instant - (created[0] ?? 0)) },
  );
}

await main();
process.exit();
