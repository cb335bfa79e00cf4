import { join } from 'node:path';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import { isProcessRunning } from '../process-identity.ts';
import { projectRoot } from '../project-root.ts';
import type { EngineSettings } from '../../runner/runner-settings.ts';
import type { ReportLine } from '../report-line.ts';
import type { BatchEndpointStartUpFile } from '../batch-endpoint/start-up-file.ts';
import { openTools } from '../tools/open-tools.ts';
import { openCodecKeys } from './home/codec-keys.ts';
import { openCredentials } from './home/credentials.ts';
import type { Home } from './home/home.ts';
import { addQueues, type Queue } from './home/queues.ts';
import { openWebToken } from './home/web-token.ts';
import { openShortPaths } from './home/short-paths.ts';
import { batchPart } from './parts/batch.ts';
import { endpointsOf } from './parts/environment.ts';
import { readRecords, type Part } from './parts/part.ts';
import { choosePorts, portRequests, type PortRequests, type Ports } from './parts/ports.ts';
import { s3Part } from './parts/s3.ts';
import { temporalPart } from './parts/temporal.ts';
import { webUiPart } from './parts/web-ui.ts';
import { workerParts } from './parts/workers.ts';

export interface StackOptions {
  /** HOLDOUT_HOME. */
  home: string;
  /** The Batch queues that a campaign needs; those of earlier campaigns stay. */
  queues: readonly Queue[];
  report: ReportLine;
  /** Keep the stack up until a signal, even if no other process uses it. */
  stays?: boolean;
  /** Default: the HOLDOUT_*_PORT variables. */
  ports?: PortRequests;
  /** The folder of the bundles; default `dist` of the clone. */
  programs?: string;
  /** Simulate jobs instead of running containers, to measure everything else. */
  simulation?: BatchEndpointStartUpFile['simulation'];
}

/** State that a start stores for the next one. */
export interface StackFile {
  ports: Ports;
  engine: EngineSettings;
}

/**
 * Gets a home's tools, ports, queues and keys ready; returns the definitions of all parts. The Batch endpoint's definition
 * changes with the queues.
 */
export async function prepareParts(
  home: Home,
  options: StackOptions,
): Promise<{ ports: Ports; parts: (() => Part)[] }> {
  const { report, simulation } = options;
  const last = readJsonFile<StackFile>(home.stack)?.ports;
  openShortPaths(home);
  const { engine, temporal, versitygw } = await openTools({ home, report });
  const requests = options.ports ?? portRequests();
  const ports = await choosePorts({ requests, remembered: last ?? {}, own: portsInUse(home, last), report });
  writeJsonFile(home.stack, { ports, engine } satisfies StackFile);
  addQueues(home, options.queues);
  const credentials = openCredentials(home);
  openCodecKeys(home);
  const endpoints = endpointsOf(ports, openWebToken(home));
  const programs = options.programs ?? join(projectRoot(), 'dist');
  const constant = [
    temporalPart(temporal, home, ports),
    await s3Part(versitygw, home, ports, credentials),
    ...workerParts(home, endpoints, credentials, programs),
    webUiPart(home, ports, programs),
  ];
  const batch = { home, ports, endpoints, credentials, engine, programs, ...(simulation && { simulation }) };
  return { ports, parts: [...constant.map((part) => () => part), () => batchPart(batch)] };
}

/** Ports on which processes of this stack may still listen after its supervisor was killed. */
const portsInUse = (home: Home, last: Ports | undefined): ReadonlySet<number> =>
  new Set(readRecords(home).some(({ identity }) => isProcessRunning(identity)) ? Object.values(last ?? {}) : []);
