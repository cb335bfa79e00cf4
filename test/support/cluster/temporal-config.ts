import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { PostgresAddress } from './postgres.ts';

/** The databases of a cluster: its state, and what lists of workflows are made of. */
export const databases = { state: 'temporal', visibility: 'temporal_visibility' };

const services = ['frontend', 'history', 'matching', 'worker'] as const;

/** Ports in a row that the server needs: two for each service. */
export const portsNeeded = 2 * services.length;

/**
 * Writes the configuration of a server with all four services in one process, as Temporal's own `development-postgres12.yaml`
 * has it without archives, metrics and profiler. `firstPort` is the frontend's; of {@link portsNeeded} in a row none may be
 * above 32,767, since the database keeps them as smallint. Returns the server's flags.
 */
export function writeTemporalConfig(folder: string, firstPort: number, postgres: PostgresAddress): string[] {
  const dynamic = join(folder, 'dynamic.yaml');
  // Defaults alone. A relative path would be looked for elsewhere.
  writeFileSync(dynamic, '{}\n');
  const frontend = `127.0.0.1:${firstPort}`;
  const config = {
    log: { stdout: true, level: 'error' },
    persistence: {
      defaultStore: 'state',
      visibilityStore: 'visibility',
      numHistoryShards: 4,
      datastores: { state: store(postgres, databases.state, 20), visibility: store(postgres, databases.visibility, 5) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: Object.fromEntries(services.map((name, place) => [name, rpc(firstPort, place)])),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: frontend },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamic, pollInterval: '60s' },
  };
  mkdirSync(join(folder, 'config'), { recursive: true });
  writeFileSync(join(folder, 'config', 'cluster.yaml'), stringify(config));
  return ['--root', folder, '--config', 'config', '--env', 'cluster', '--allow-no-auth'];
}

const store = ({ port, user, password }: PostgresAddress, databaseName: string, maxConns: number) => ({
  sql: {
    pluginName: 'postgres12',
    databaseName,
    connectAddr: `127.0.0.1:${port}`,
    connectProtocol: 'tcp',
    user,
    password,
    maxConns,
    maxIdleConns: maxConns,
    maxConnLifetime: '1h',
  },
});

const rpc = (firstPort: number, place: number) => ({
  rpc: {
    grpcPort: firstPort + place,
    membershipPort: firstPort + services.length + place,
    bindOnLocalHost: true,
  },
});
