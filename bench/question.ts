/**
 * `node --import tsx bench/question.ts`: can a history be replayed if the workflow was queried while no worker was alive? A
 * worker is killed, the workflow is queried and receives a signal 0.7 s later, then another worker starts. The query has no
 * timeout, or Holdout's own. See docs/adr/0008.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { queryDeadlineMs } from '../src/timings.ts';
import { startTemporalServer } from '../test/support/servers/temporal-server.ts';
import { goSignal, heardQuery, twoThings } from './workflows/question-workflows.ts';
import { keepResult } from './support/results.ts';

/** The server gives a dead worker 10 s; the timer has to fire between that and the next workflow task. */
const roundMs = 10_600;
const attempts = 3;

async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const withoutTimeout = await unreplayableWith(undefined);
  const withTimeout = await unreplayableWith(queryDeadlineMs);
  keepResult('question', [
    { what: 'history cannot be replayed; query without a timeout', found: `${withoutTimeout} of ${attempts}` },
    {
      what: `the same; query with a timeout of ${queryDeadlineMs / 1_000} s`,
      found: `${withTimeout} of ${attempts}`,
      aim: `0 of ${attempts}`,
      met: withTimeout === 0,
    },
  ]);
}

async function unreplayableWith(waitMs: number | undefined): Promise<number> {
  let unreplayable = 0;
  for (let attempt = 0; attempt < attempts; attempt += 1) if (!(await isReplayed(waitMs))) unreplayable += 1;
  return unreplayable;
}

async function isReplayed(waitMs: number | undefined): Promise<boolean> {
  const server = await startTemporalServer();
  const connection = await Connection.connect({ address: server.address });
  const { workflow } = new Client({ connection });
  try {
    const first = await startWorker(server.address);
    const workflowId = 'asked';
    const asked = await workflow.start(twoThings, { taskQueue: 'bench-question', workflowId, args: [roundMs] });
    await asked.query(heardQuery);
    first.kill('SIGKILL');
    await once(first, 'exit');
    const ask = (): Promise<boolean> => asked.query(heardQuery);
    const answer = waitMs === undefined ? ask() : connection.withDeadline(Date.now() + waitMs, ask);
    answer.catch(() => undefined);
    await delay(700);
    await asked.signal(goSignal);
    const second = await startWorker(server.address);
    await delay(15_000);
    second.kill('SIGKILL');
    return await isReplayable(await asked.fetchHistory());
  } finally {
    await connection.close();
    await server.stop();
  }
}

async function startWorker(address: string): Promise<ChildProcess> {
  const worker = fork(fileURLToPath(new URL('support/question-worker.ts', import.meta.url)), {
    env: { ...process.env, TEMPORAL_ADDRESS: address },
    execArgv: ['--import', 'tsx'],
  });
  await once(worker, 'message');
  return worker;
}

async function isReplayable(history: Parameters<typeof Worker.runReplayHistory>[1]): Promise<boolean> {
  const workflowsPath = fileURLToPath(new URL('workflows/question-workflows.ts', import.meta.url));
  try {
    await Worker.runReplayHistory({ workflowsPath }, history, 'asked');
    return true;
  } catch {
    return false;
  }
}

await main();
process.exit(0);
