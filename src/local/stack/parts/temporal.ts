import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { msToTs } from '@temporalio/common/lib/time.js';
import { holdoutError } from '../../../errors.ts';
import { temporalServerVersion } from '../../tools/pinned-tools.ts';
import { plainEnvironment } from './environment.ts';
import { isHttpUp, isTemporalUp, withTemporal } from './health.ts';
import { openIdentity } from '../home/home-identity.ts';
import type { Home } from '../home/home.ts';
import type { Part } from './part.ts';
import type { Ports } from './ports.ts';
import { shortPathsOf } from '../home/short-paths.ts';

const searchAttributes = {
  HoldoutCampaign: 'Keyword',
  HoldoutTeam: 'Keyword',
  HoldoutStage: 'Keyword',
  HoldoutClass: 'Keyword',
  HoldoutOutcome: 'Keyword',
  HoldoutRuns: 'Int',
  HoldoutCostUsd: 'Double',
} as const;

/** Finished submissions stay in the Web UI longer than any campaign lasts; the server's default is 24 hours. */
const retention = '60 days';

/**
 * The only Host to which the HTTP API of the frontend responds. Nobody needs this API, and no address has this host: the URL
 * standard takes brackets for an IPv6 address. The server checks no Origin, so a real host would let in every page's POST.
 */
export const httpApiHost = '[holdout]';

/** The Temporal dev server with its Web UI, its history in a database file of the home. Throws TEMPORAL_VERSION. */
export function temporalPart(program: string, home: Home, ports: Ports): Part {
  checkVersion(home);
  const identity = openIdentity(home);
  const { namespace } = identity;
  const address = `127.0.0.1:${ports.temporal}`;
  return {
    name: 'temporal',
    stage: 1,
    program,
    command: [
      program,
      'server',
      'start-dev',
      `--db-filename=${join(shortPathsOf(identity).temporal, `${temporalServerVersion}.db`)}`,
      `--namespace=${namespace}`,
      // Together they halve the processor time; data survives the process, but not always a power failure.
      '--sqlite-pragma=journal_mode=WAL',
      '--sqlite-pragma=synchronous=NORMAL',
      '--ip=127.0.0.1',
      `--port=${ports.temporal}`,
      `--ui-port=${ports.temporalUi}`,
      `--http-port=${ports.temporalHttp}`,
      `--metrics-port=${ports.temporalMetrics}`,
      `--dynamic-config-value=frontend.httpAllowedHosts=${JSON.stringify([httpApiHost])}`,
      '--log-level=error',
      ...Object.entries(searchAttributes).map(([name, type]) => `--search-attribute=${name}=${type}`),
    ],
    environment: plainEnvironment(),
    files: {},
    isReady: async () => (await isTemporalUp(address, namespace)) && isHttpUp(`http://127.0.0.1:${ports.temporalUi}`),
    prepare: () => keepHistory(address, namespace),
    grace: 10_000,
  };
}

/** The database schema is created once and never upgraded, so a home always needs the same server version. */
function checkVersion(home: Home): void {
  const file = join(home.temporal, 'version');
  if (!existsSync(file)) writeFileSync(file, `${temporalServerVersion}\n`, { mode: 0o600 });
  const found = readFileSync(file, 'utf8').trim();
  if (found !== temporalServerVersion)
    throw holdoutError('TEMPORAL_VERSION', { home: home.temporal, found, expected: temporalServerVersion });
}

const keepHistory = (address: string, namespace: string): Promise<void> =>
  withTemporal(address, async ({ workflowService }) => {
    const config = { workflowExecutionRetentionTtl: msToTs(retention) };
    await workflowService.updateNamespace({ namespace, config });
  });
