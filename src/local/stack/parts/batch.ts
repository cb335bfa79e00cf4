import { join } from 'node:path';
import type { BatchEndpointStartUpFile } from '../../batch-endpoint/start-up-file.ts';
import type { EngineSettings } from '../../../runner/runner-settings.ts';
import type { Credentials } from '../home/credentials.ts';
import { awsAccount, awsEnvironment, plainEnvironment, region, type Endpoints } from './environment.ts';
import { isHttpUp } from './health.ts';
import { openIdentity } from '../home/home-identity.ts';
import { neededMiB, type Home } from '../home/home.ts';
import type { Part } from './part.ts';
import type { Ports } from './ports.ts';
import { readQueues } from '../home/queues.ts';
import { shortPathsOf } from '../home/short-paths.ts';

/** The parent of the endpoint's job folders, which are named by job id. */
export const jobsFolder = (home: Home): string => join(home.batch, 'jobs');

interface BatchPart extends Pick<BatchEndpointStartUpFile, 'simulation'> {
  home: Home;
  ports: Ports;
  endpoints: Endpoints;
  credentials: Credentials;
  engine: EngineSettings;
  /** The folder of the bundles. */
  programs: string;
}

/** The local Batch endpoint. Its jobs are runners and outlive it. */
export function batchPart({ home, ports, endpoints, credentials, engine, programs, simulation }: BatchPart): Part {
  const program = join(programs, 'batch-endpoint.mjs');
  const runner: [string, ...string[]] = [process.execPath, join(programs, 'runner.mjs')];
  const { storage, ...ofRuns } = engine;
  const startUpFile = join(home.batch, 'start-up.json');
  const startUp: BatchEndpointStartUpFile = {
    host: '127.0.0.1',
    port: ports.batch,
    stateFolder: home.batch,
    credentials: [credentials.batch],
    region,
    account: awsAccount,
    queues: readQueues(home),
    minFreeMiB: neededMiB,
    otherFolders: storage === undefined ? [] : [storage],
    ...(simulation ? { simulation } : { runner, reap: [...runner, 'reap'] as [string, ...string[]] }),
    environment: {
      ...plainEnvironment(),
      ...awsEnvironment(credentials.runner, endpoints.s3),
      HOLDOUT_SCRATCH: shortPathsOf(openIdentity(home)).scratch,
      HOLDOUT_ENGINE: JSON.stringify(ofRuns),
    },
  };
  return {
    name: 'batch',
    stage: 1,
    program,
    command: [process.execPath, '--enable-source-maps', program, startUpFile],
    environment: plainEnvironment(),
    files: { [startUpFile]: JSON.stringify(startUp, null, 2) },
    isReady: () => isHttpUp(`${endpoints.batch}/health`),
    grace: 10_000,
  };
}
