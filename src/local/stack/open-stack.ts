import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, holdoutError } from '../../errors.ts';
import { tryLock } from '../file-lock.ts';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import { identify, isProcessRunning, type ProcessIdentity } from '../process-identity.ts';
import { projectRoot } from '../project-root.ts';
import type { ReportLine } from '../report.ts';
import { openTools } from '../tools/open-tools.ts';
import type { BatchEndpointStartUpFile } from '../batch-endpoint/start-up-file.ts';
import { batchPart } from './parts/batch.ts';
import { openCredentials } from './home/credentials.ts';
import { endpointsOf, memberEnvironment, type Endpoints } from './parts/environment.ts';
import { waitToTakeOver, handOver } from './hand-over.ts';
import { isReadyBy, keeperOf } from './keeper.ts';
import { openHome, placesOf, type Home } from './home/home.ts';
import { readRecords } from './parts/part.ts';
import { choosePorts, portRequests, type PortRequests, type Ports } from './parts/ports.ts';
import { addQueues, type Queue } from './home/queues.ts';
import { s3Part } from './parts/s3.ts';
import { openShortPaths } from './home/short-paths.ts';
import { Supervisor } from './parts/supervisor.ts';
import { takeDown } from './take-down.ts';
import { readUsers, registerUser } from './users.ts';
import { temporalPart } from './parts/temporal.ts';
import { workerParts } from './parts/workers.ts';
import type { StackFile } from './stack-file.ts';

export interface StackOptions {
  /** HOLDOUT_HOME. */
  home: string;
  /** The Batch queues a campaign needs; those of earlier campaigns stay. */
  queues: readonly Queue[];
  report: ReportLine;
  /** This process keeps the stack up until it is told to end, not only until its work is done. */
  stays?: boolean;
  /** Default: the HOLDOUT_*_PORT variables. */
  ports?: PortRequests;
  /** The folder of the bundles; default `dist` of the clone. */
  programs?: string;
  /** Jobs only take time and write what they are said to, without containers: for measurements of everything else. */
  simulation?: BatchEndpointStartUpFile['simulation'];
}

/** A running embedded stack. */
export interface Stack {
  /** Another process keeps this stack up now; when that one ends, this one does. */
  readonly attached: boolean;
  /** Pids of the other processes that need it. */
  others: () => number[];
  home: string;
  endpoints: Endpoints;
  /** What the command line's own process needs, with the root key; see enterEnvironment. */
  environment: Record<string, string>;
  /**
   * Ends everything this stack runs and leaves no process, container, mount or control group, unless other processes need
   * it: then one of them keeps it up. Running jobs are ended too and run again after the next start; `leave` lets them go
   * on by themselves.
   */
  close: (options?: { jobs: 'end' | 'leave' }) => Promise<void>;
}

/**
 * Brings the embedded stack of a home up, or attaches to it when another process did. What a killed opener left running
 * is taken over. Until `close` this process starts every part again that ends. Throws the catalogue's errors on tools,
 * home, ports and parts; then nothing is left running.
 */
export async function openStack(options: StackOptions): Promise<Stack> {
  const home = openHome(options.home, options.report);
  const leave = registerUser(home, options.stays ?? false);
  try {
    for (;;) {
      const answer = tryLock(home.lock);
      if (answer.kind === 'acquired') return await start(home, options, { release: answer.release, leave });
      const attached = await attach(home, options, { holder: answer.by, leave });
      if (attached !== undefined) return attached;
    }
  } catch (error) {
    leave();
    throw error;
  }
}

async function start(
  home: Home,
  options: StackOptions,
  { release, leave }: { release: () => void; leave: () => void },
): Promise<Stack> {
  const { report } = options;
  const last = readJsonFile<StackFile>(home.stack);
  let supervisor: Supervisor | undefined;
  const close = async (jobs: 'end' | 'leave'): Promise<void> => {
    rmSync(home.ready, { force: true });
    await supervisor?.stop();
    leave();
    if (jobs === 'end' && (await handOver(home, release, report))) return;
    await takeDown(home, jobs);
    release();
  };
  try {
    openShortPaths(home);
    const { engine, temporal, versitygw } = await openTools({ home, report });
    const requests = options.ports ?? portRequests();
    const ports = await choosePorts({ requests, remembered: last?.ports ?? {}, own: ownPorts(home, last), report });
    writeJsonFile(home.stack, { ports, engine } satisfies StackFile);
    addQueues(home, options.queues);
    const credentials = openCredentials(home);
    const endpoints = endpointsOf(ports);
    const programs = options.programs ?? join(projectRoot(), 'dist');
    const servers = [temporalPart(temporal, home, ports), await s3Part(versitygw, home, ports, credentials)];
    const members = workerParts(home, endpoints, credentials, programs);
    supervisor = new Supervisor(home, report, [
      ...[...servers, ...members].map((part) => () => part),
      () =>
        batchPart({
          home,
          ports,
          endpoints,
          credentials,
          engine,
          programs,
          ...(options.simulation && { simulation: options.simulation }),
        }),
    ]);
    report('starting Temporal, the S3 server, the workers and the local Batch endpoint');
    await unlessInterrupted(supervisor.start());
    writeJsonFile(home.ready, identify(process.pid));
    return {
      ...describe(home, ports),
      attached: false,
      others: othersOf(home),
      close: (closing) => close(closing?.jobs ?? 'end'),
    };
  } catch (error) {
    await close('leave');
    throw error;
  }
}

/** The stack of a home that another process keeps up; undefined when none does. */
export function runningStack(folder: string): Pick<Stack, 'home' | 'endpoints' | 'environment'> | undefined {
  const home = placesOf(folder);
  const keeper = keeperOf(folder);
  const file = readJsonFile<StackFile>(home.stack);
  return keeper !== undefined && isReadyBy(home, keeper) && file !== undefined ? describe(home, file.ports) : undefined;
}

/** Waits until the holder of the home has everything up; undefined when it ended instead. */
async function attach(
  home: Home,
  options: StackOptions,
  { holder, leave }: { holder: ProcessIdentity; leave: () => void },
): Promise<Stack | undefined> {
  const { queues, report } = options;
  report(`${home.folder} is in use by process ${holder.pid}: attaching to its stack`);
  while (!isReadyBy(home, holder)) {
    if (!isProcessRunning(holder) || !existsSync(home.lock)) return undefined;
    await sleep(200);
  }
  const running = runningStack(home.folder);
  if (running === undefined) return undefined;
  addQueues(home, queues);
  const stop = new AbortController();
  let kept: Stack | undefined;
  const following = waitToTakeOver(home, stop.signal).then(async (release) => {
    if (release === undefined) return;
    report('the process that kept the stack up has ended; this one keeps it up now');
    // On the ports where it is, whatever this process would ask for.
    const ports = { temporal: undefined, ui: undefined, s3: undefined, batch: undefined };
    kept = await start(home, { ...options, ports }, { release, leave }).catch((error: unknown) => {
      report(messageOf(error));
      return undefined;
    });
  });
  return {
    ...running,
    get attached() {
      return kept === undefined;
    },
    others: othersOf(home),
    close: async (closing) => {
      stop.abort();
      await following;
      leave();
      await kept?.close(closing);
    },
  };
}

const othersOf = (home: Home) => (): number[] => readUsers(home).flatMap(({ pid }) => (pid === process.pid ? [] : pid));

const describe = (home: Home, ports: Ports): Pick<Stack, 'home' | 'endpoints' | 'environment'> => {
  const endpoints = endpointsOf(ports);
  return {
    home: home.folder,
    endpoints,
    environment: memberEnvironment(home, endpoints, openCredentials(home), 'root'),
  };
};

/** Ports on which what a killed opener left may still listen. */
const ownPorts = (home: Home, last: StackFile | undefined): ReadonlySet<number> =>
  new Set(readRecords(home).some(({ identity }) => isProcessRunning(identity)) ? Object.values(last?.ports ?? {}) : []);

/** Ctrl-C while parts come up ends what has come up so far, instead of leaving it behind. */
async function unlessInterrupted(work: Promise<void>): Promise<void> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let interrupt = (): void => undefined;
  const interrupted = new Promise<never>((_, reject) => {
    interrupt = () => reject(holdoutError('START_INTERRUPTED', {}));
  });
  for (const signal of signals) process.once(signal, interrupt);
  try {
    await Promise.race([work, interrupted]);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
