import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { freePort } from './free-port.ts';

/** Search attributes that the workflows set. */
const attributes = ['Campaign', 'Team', 'Stage', 'Class', 'Outcome'].map((name) => `Holdout${name}=Keyword`);

export interface TemporalServer {
  address: string;
  pid: number;
  stop: () => Promise<void>;
}

/** A server ends at its start when another process took one of its ports since they were found to be free. */
const mostStarts = 4;

/** A real Temporal server in memory, for tests of workflows alone. `settings` is its dynamic configuration. */
export async function startTemporalServer(
  settings: Record<string, number> = {},
  starts = mostStarts,
): Promise<TemporalServer> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const port = await freePort();
  const flags = [...attributes, 'HoldoutRuns=Int', 'HoldoutCostUsd=Double'].flatMap((attribute) => [
    '--search-attribute',
    attribute,
  ]);
  const configured = Object.entries(settings).map(([key, value]) => `--dynamic-config-value=${key}=${value}`);
  const server: ChildProcess = spawn(
    join(cache, 'holdout', 'tools', 'temporal-1.5.1'),
    [
      'server',
      'start-dev',
      '--headless',
      '--ip',
      '127.0.0.1',
      '--port',
      String(port),
      '--log-level',
      'error',
      ...flags,
      ...configured,
    ],
    { stdio: 'ignore' },
  );
  const address = `127.0.0.1:${port}`;
  for (const until = Date.now() + 20_000; ;) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 500 });
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      await connection.close();
      break;
    } catch (error) {
      if (server.exitCode !== null && starts > 1) return startTemporalServer(settings, starts - 1);
      if (Date.now() > until || server.exitCode !== null) throw error;
      await delay(100);
    }
  }
  return {
    address,
    pid: server.pid ?? 0,
    stop: async () => {
      server.kill('SIGTERM');
      if (server.exitCode === null) await once(server, 'exit');
    },
  };
}
