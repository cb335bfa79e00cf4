import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Client, Connection } from '@temporalio/client';
import { openSimulatedStack } from '../../test/support/campaigns/simulated-stack.ts';
import { TemporalCluster } from '../../test/support/cluster/temporal-cluster.ts';
import type { bareCampaign } from '../workflows/bare-workflows.ts';
import { cpuSecondsOfFamily, usageOfParts } from './processes.ts';

/** A Temporal server over one kind of database, with a worker of its own for the bare workflows. */
export interface Side {
  /** Runs a bare campaign to its end. */
  run(name: string, submissions: number, window: number): Promise<void>;
  /** Processor seconds of the server and of its database so far. */
  cpuSeconds(): number;
  close(): Promise<void>;
}

/** Where a server is. */
interface Place {
  address: string;
  namespace: string;
}

/** The embedded stack, as every local campaign has it: over a SQLite file. Its worker, scorer, S3 and Batch are idle. */
export async function openSqliteSide(folder: string): Promise<Side> {
  const stack = await openSimulatedStack(folder, { slots: { g4: 1, p3: 1 }, timeScale: 1_800 });
  const { temporal } = stack.access;
  // Set by the stack for this process.
  const address = process.env['TEMPORAL_ADDRESS'] ?? '';
  const worker = await startWorker({ address, namespace: temporal.options.namespace });
  return {
    run: (name, submissions, window) => runBare(temporal, name, submissions, window),
    cpuSeconds: () => usageOfParts(stack.home).temporal.cpuSeconds,
    close: async () => {
      worker.kill();
      await stack.close();
    },
  };
}

/** A server over PostgreSQL. */
export async function openPostgresSide(): Promise<Side> {
  const cluster = await TemporalCluster.start();
  const { address, namespace } = cluster;
  const connection = await Connection.connect({ address });
  const worker = await startWorker(cluster);
  return {
    run: (name, submissions, window) => runBare(new Client({ connection, namespace }), name, submissions, window),
    cpuSeconds: () => cpuSecondsOfFamily(cluster.pid) + cpuSecondsOfFamily(cluster.postgres.pid),
    close: async () => {
      worker.kill();
      await connection.close();
      await cluster.stop();
    },
  };
}

async function startWorker({ address, namespace }: Place): Promise<ChildProcess> {
  const worker = fork(new URL('bare-worker.ts', import.meta.url), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace },
  });
  await once(worker, 'message');
  return worker;
}

async function runBare({ workflow }: Client, name: string, submissions: number, window: number): Promise<void> {
  await workflow.execute<typeof bareCampaign>('bareCampaign', {
    workflowId: name,
    taskQueue: 'bench-bare',
    args: [{ name, submissions, window }],
  });
}
