import { readJsonFile } from '../json-file.ts';
import { isProcessRunning } from '../process-identity.ts';
import type { Credentials } from '../stack/home/credentials.ts';
import { runningJobs } from '../stack/end-jobs.ts';
import { openWebToken } from '../stack/home/web-token.ts';
import { endpointsOf, region, type Endpoints } from '../stack/parts/environment.ts';
import { homeFolder, placesOf } from '../stack/home/home.ts';
import { readRecords } from '../stack/parts/part.ts';
import type { StackFile } from '../stack/prepare-parts.ts';
import { keeperOf, isReadyBy } from '../stack/keeper.ts';

/** The output of `local status --json`; the credentials are valid only for this home. */
interface StackStatus {
  home: string;
  /** With `down`, parts may still run if the process that started them was killed. */
  state: 'up' | 'starting' | 'down';
  /** The process that keeps it up. */
  pid: number | null;
  /** Null before the first start. */
  endpoints: Endpoints | null;
  region: string;
  credentials: Credentials | null;
  parts: { name: string; pid: number; running: boolean; log: string }[];
  runningJobs: number;
}

/** The state of a home's stack, from its files and /proc only. */
export function stackStatus(folder: string): StackStatus {
  const home = placesOf(folder);
  const keeper = keeperOf(folder);
  const ports = readJsonFile<StackFile>(home.stack)?.ports;
  return {
    home: home.folder,
    state: keeper === undefined ? 'down' : isReadyBy(home, keeper) ? 'up' : 'starting',
    pid: keeper?.pid ?? null,
    endpoints: ports === undefined ? null : endpointsOf(ports, openWebToken(home)),
    region,
    credentials: readJsonFile<Credentials>(home.credentials) ?? null,
    parts: readRecords(home).map(({ name, identity, log }) => {
      return { name, pid: identity.pid, running: isProcessRunning(identity), log };
    }),
    runningJobs: runningJobs(home).length,
  };
}

/** Writes the stack's addresses and processes as text, or with its keys as one JSON object. Returns the exit status. */
export function localStatus(write: (text: string) => void, options: { json: boolean }): number {
  const status = stackStatus(homeFolder());
  if (options.json) write(JSON.stringify(status, null, 2));
  else {
    const { state, home, pid, endpoints, parts, runningJobs } = status;
    write(
      [
        `${home}: ${state}${pid === null ? '' : `, supervised by process ${pid}`}, ${runningJobs} jobs running`,
        ...Object.entries(endpoints ?? {}).map(([name, url]) => `  ${name.padEnd(10)}${url}`),
        ...parts.map(
          ({ name, pid, running, log }) => `  ${name.padEnd(10)}${running ? `process ${pid}` : 'not running'}, ${log}`,
        ),
      ].join('\n'),
    );
  }
  return 0;
}
