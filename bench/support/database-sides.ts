import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
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

/** The embedded stack with a new home in this folder: over a SQLite file. Its worker, scorer, S3 and Batch are idle. */
export async function openSqliteSide(folder: string): Promise<Side> {
  rmSync(folder, { recursive: true, force: true });
  const stack = await openSimulatedStack(folder, { slots: { g4: 1, p3: 1 }, timeScale: 1_800 });
  // Set by the stack for this process.
  const { TEMPORAL_ADDRESS: address = '', TEMPORAL_NAMESPACE: namespace = '' } = process.env;
  return openSide({
    place: { address, namespace },
    cpuSeconds: () => usageOfParts(stack.home).temporal.cpuSeconds,
    close: stack.close,
  });
}

/** A server over PostgreSQL. */
export async function openPostgresSide(): Promise<Side> {
  const cluster = await TemporalCluster.start();
  return openSide({
    place: cluster,
    cpuSeconds: () => cpuSecondsOfFamily(cluster.pid) + cpuSecondsOfFamily(cluster.postgres.pid),
    close: () => cluster.stop(),
  });
}

interface Server extends Pick<Side, 'cpuSeconds' | 'close'> {
  place: Place;
}

/** With a client whose payloads are plain, as the worker's are. */
async function openSide({ place, cpuSeconds, close }: Server): Promise<Side> {
  const worker = await startWorker(place);
  const connection = await Connection.connect({ address: place.address });
  const { workflow } = new Client({ connection, namespace: place.namespace });
  return {
    run: async (name, submissions, window) => {
      const options = { workflowId: name, taskQueue: 'bench-bare' };
      await workflow.execute<typeof bareCampaign>('bareCampaign', {
        ...options,
        args: [{ name, submissions, window }],
      });
    },
    cpuSeconds,
    close: async () => {
      worker.kill();
      await connection.close();
      await close();
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
