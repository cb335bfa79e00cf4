import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import { tryLock } from '../file-lock.ts';
import { readJsonFile } from '../json-file.ts';
import { identify, isProcessRunning, writeProcess, type ProcessIdentity } from '../process-identity.ts';
import { bringUp, type Supervision } from './bring-up.ts';
import { handOver, waitToTakeOver } from './hand-over.ts';
import { openCredentials } from './home/credentials.ts';
import { openHome, placesOf, requireRoom, type Home } from './home/home.ts';
import { openWebToken } from './home/web-token.ts';
import { addQueues } from './home/queues.ts';
import { endpointsOf, memberEnvironment, type Endpoints } from './parts/environment.ts';
import type { Ports } from './parts/ports.ts';
import type { StackFile, StackOptions } from './prepare-parts.ts';
import { takeDown } from './take-down.ts';
import { readUsers, registerUser } from './users.ts';
import { keeperOf, isReadyBy } from './keeper.ts';

/** A running embedded stack. */
export interface Stack {
  /** True while another process keeps this stack up; when that process ends, this one takes over. */
  readonly attached: boolean;
  /** Pids of the other processes that use it. */
  others: () => number[];
  home: string;
  endpoints: Endpoints;
  /** The environment for the command line, with the root key; see enterEnvironment. */
  environment: Record<string, string>;
  /**
   * Stops everything this stack runs and leaves no process, container, mount or control group, unless other processes use
   * it: then one of them keeps it up. Running jobs are ended too and repeated after the next start; with `leave` they
   * continue on their own.
   */
  close: (options?: { jobs: 'end' | 'leave' }) => Promise<void>;
}

/**
 * Starts the embedded stack of a home, or attaches to it when another process has. Parts that a killed process left running
 * are adopted. Until `close`, this process restarts every part that ends. Throws the catalogue's errors about tools, home,
 * ports and parts; then nothing is left running.
 */
export async function openStack(options: StackOptions): Promise<Stack> {
  const home = openHome(options.home, options.report);
  if (keeperOf(home.folder) === undefined) requireRoom(home);
  const leave = registerUser(home, options.stays ?? false);
  try {
    for (;;) {
      const result = tryLock(home.lock);
      if (result.kind === 'acquired') return await start(home, options, { release: result.release, leave });
      const attached = await attach(home, options, { holder: result.by, leave });
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
  const { report, signals } = options;
  const urgent = signals?.urgent;
  const supervision: Supervision = {};
  const close = async (jobs: 'end' | 'leave'): Promise<void> => {
    rmSync(home.ready, { force: true });
    await supervision.supervisor?.stop();
    leave();
    if (jobs === 'end' && (await handOver(home, { release, report, urgent }))) return;
    await takeDown(home, jobs, urgent);
    release();
  };
  try {
    const ports = await bringUp(home, options, supervision);
    writeProcess(home.ready, identify(process.pid));
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

/** Waits until the holder of the home has started everything; undefined when it ended before. */
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
    report('the process that supervised the stack has ended; this one takes over');
    // On the stack's current ports, whatever this process would request.
    kept = await start(home, { ...options, ports: {} }, { release, leave }).catch((error: unknown) => {
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
  const endpoints = endpointsOf(ports, openWebToken(home));
  return {
    home: home.folder,
    endpoints,
    environment: memberEnvironment(home, endpoints, openCredentials(home), 'root'),
  };
};
