/**
 * `node --import tsx bench/takeover.ts`: how long runs are without a worker when the one that follows them ends, and another is
 * there. Three endless jobs, as many as a class gets on which no run has worked yet; the worker with the most of them is killed or
 * asked to end, ten times in turn. Takes 3 minutes.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { campaignWorkflowId, submissionWorkflowId } from '../src/ids.ts';
import { projectRoot } from '../src/local/project-root.ts';
import { embeddedTimings } from '../src/timings.ts';
import { startWorkflow } from '../src/client/operator/start-workflow.ts';
import { handInSimulated, openSimulatedStack } from '../test/support/campaigns/simulated-stack.ts';
import { eventually } from '../test/support/eventually.ts';
import { benchFolder, keepResult, quantile } from './support/results.ts';

const slots = { g4: 3, p3: 1 };
const campaign = 'takeover';
const rounds = 10;
const submissions = Array.from({ length: slots.g4 }, (_, n) => `s${n}-0`);

/** The activity that follows a run. Instants in ms; `worker`: the pid of the worker that had it last. */
interface Following {
  worker: number;
  attempt: number;
  startedAt: number;
}

async function followingOf(temporal: Client): Promise<Following[]> {
  const described = submissions.map((submission) =>
    temporal.workflow.getHandle(submissionWorkflowId(campaign, submission)).describe(),
  );
  return (await Promise.all(described)).flatMap(({ raw }) =>
    (raw.pendingActivities ?? [])
      .filter(({ activityType, lastStartedTime }) => activityType?.name === 'awaitBatchJob' && lastStartedTime)
      .map(({ lastWorkerIdentity, attempt, lastStartedTime }) => ({
        worker: Number.parseInt(lastWorkerIdentity ?? '', 10),
        attempt: attempt ?? 0,
        startedAt: Number(lastStartedTime?.seconds ?? 0) * 1000 + (lastStartedTime?.nanos ?? 0) / 1e6,
      })),
  );
}

/** Starts one more worker for these activities, with the environment of the stack's own. */
async function startWorker(home: string, n: number): Promise<ChildProcess> {
  const { identity } = JSON.parse(readFileSync(join(home, 'run/worker.json'), 'utf8')) as { identity: { pid: number } };
  const variables = readFileSync(`/proc/${identity.pid}/environ`, 'utf8').split('\0').filter(Boolean);
  const ready = join(home, 'run', `takeover-${n}.ready`);
  const env = Object.fromEntries(variables.map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]));
  const worker = spawn(process.execPath, [join(projectRoot(), 'dist/worker.mjs'), '--queues', 'await'], {
    env: { ...env, HOLDOUT_READY_FILE: ready },
    stdio: 'ignore',
  });
  await eventually('a worker polls', () => existsSync(ready));
  return worker;
}

/** Ends the worker with the most runs; returns how long each of its runs was without a worker, in ms. */
async function endOne(temporal: Client, signal: NodeJS.Signals): Promise<number[]> {
  const before = await followingOf(temporal);
  const load = new Map<number, number>();
  for (const { worker } of before) load.set(worker, (load.get(worker) ?? 0) + 1);
  const [victim] = [...load].toSorted(([, one], [, other]) => other - one)[0] ?? [];
  if (victim === undefined) throw new Error('no worker follows a run');
  const endedAt = Date.now();
  process.kill(victim, signal);
  let after: Following[] = [];
  const areTaken = async (): Promise<boolean> => {
    after = await followingOf(temporal);
    return after.length === before.length && after.every(({ worker }) => worker !== victim);
  };
  await eventually('all are taken over', areTaken, { withinMs: 120_000, everyMs: 100 });
  return after.flatMap(({ startedAt }) => (startedAt > endedAt ? [startedAt - endedAt] : []));
}

const stack = await openSimulatedStack(benchFolder(`takeover-${Date.now()}`), {
  slots,
  timeScale: 100,
  submissions: Object.fromEntries(
    submissions.map((id) => [id, { startUpSeconds: 0, secondsPerItem: 15_000, spread: 0 }]),
  ),
});
const { temporal } = stack.access;
const found: Record<'SIGKILL' | 'SIGTERM', number[]> = { SIGKILL: [], SIGTERM: [] };
const attempts: number[] = [];
const workers: ChildProcess[] = [];
try {
  const teams = submissions.map(() => 1);
  const frozen = await handInSimulated(stack, { campaign, teams, slots, budgetUsd: 100_000, unprobed: true });
  await startWorkflow(stack.access, frozen);
  const allRun = async (): Promise<boolean> => (await followingOf(temporal)).length === slots.g4;
  await eventually('all run', allRun, { withinMs: 120_000 });
  for (let round = 0; round < rounds; round += 1) {
    workers.push(await startWorker(stack.home, round));
    const signal = round % 2 === 0 ? 'SIGKILL' : 'SIGTERM';
    found[signal].push(...(await endOne(temporal, signal)));
    attempts.push(Math.max(...(await followingOf(temporal)).map(({ attempt }) => attempt)));
  }
  await temporal.workflow.getHandle(campaignWorkflowId(campaign)).terminate('the benchmark is over');
} finally {
  for (const worker of workers) worker.kill('SIGKILL');
  await stack.close();
}
const timeout = embeddedTimings.awaitHeartbeatTimeout / 1000;
keepResult(
  'takeover',
  Object.entries(found).map(([signal, gaps]) => {
    const [typical, longest] = [quantile(gaps, 0.5) / 1000, Math.max(...gaps) / 1000];
    return {
      what: `${signal}: ${gaps.length} runs without a worker, half of them for at most, all for at most`,
      found: `${typical.toFixed(1)} s, ${longest.toFixed(1)} s`,
      aim: `≤ ${timeout + 10} s`,
      met: longest <= timeout + 10,
    };
  }),
  { heartbeatTimeoutSeconds: timeout, attempts, found },
  [
    `The heartbeat timeout was ${timeout} s, as on the embedded stack; on AWS it is 60 s. Some runs changed their worker ${Math.max(...attempts) - 1} times.`,
  ],
);
process.exit();
