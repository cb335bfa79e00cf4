import { setTimeout as sleep } from 'node:timers/promises';
import type { Rule } from '../../cloud/batch/microburst.ts';
import type { SimulatedHome } from '../campaigns/simulated-home.ts';
import type { ConnectionFault, PlannedFault, ProcessFault, Storm } from './fault-plan.ts';
import type { SmallDisk } from './small-disk.ts';
import type { Toxic } from './toxiproxy.ts';
import type { Ways } from './ways.ts';

export interface Place {
  home: SimulatedHome;
  ways: Ways;
  disk: SmallDisk;
}

/** Carries out one fault from its beginning to its end. Rejects if it could not begin, for example without a process. */
export async function inject({ home, ways, disk }: Place, { target, kind, forMs }: PlannedFault): Promise<void> {
  const [what = '', which = ''] = target.split(' ');
  if (what === 'process') await disturbProcess(home.pidOf(which), kind as ProcessFault, forMs);
  else if (what === 'connection') await disturbConnection(ways, which, kind as ConnectionFault, forMs);
  else if (what === 'calls') await disturbCalls(ways, which as 's3' | 'batch', kind as Storm, forMs);
  else {
    await disk.fill();
    await sleep(forMs);
    disk.free();
  }
}

async function disturbProcess(pid: number, kind: ProcessFault, forMs: number): Promise<void> {
  process.kill(pid, { kill: 'SIGKILL', terminate: 'SIGTERM', stop: 'SIGSTOP' }[kind]);
  if (kind !== 'stop') return;
  await sleep(forMs);
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // Somebody has ended it meanwhile.
  }
}

const both = (type: Toxic['type'], attributes: Toxic['attributes']): Toxic[] =>
  (['upstream', 'downstream'] as const).map((stream) => ({ type, stream, attributes }));

/** What toxiproxy does to a connection. */
export const toxics: Record<Exclude<ConnectionFault, 'partition'>, Toxic[]> = {
  'black-hole': both('timeout', { timeout: 0 }),
  latency: both('latency', { latency: 1_000, jitter: 900 }),
  reset: both('reset_peer', { timeout: 0 }),
  // In KB a second.
  slow: both('bandwidth', { rate: 10 }),
};

async function disturbConnection(
  { toxiproxy }: Ways,
  name: string,
  kind: ConnectionFault,
  forMs: number,
): Promise<void> {
  if (kind === 'partition') {
    await toxiproxy.enable(name, false);
    await sleep(forMs);
    await toxiproxy.enable(name, true);
    return;
  }
  await toxiproxy.poison(name, toxics[kind]);
  await sleep(forMs);
  await toxiproxy.cure(name, toxics[kind]);
}

const codes = {
  s3: { throttled: ['SlowDown', 503], 'server-error': ['InternalError', 500] },
  batch: { throttled: ['TooManyRequestsException', 429], 'server-error': ['ServerException', 500] },
} as const;

function rulesOf(service: 's3' | 'batch', storm: Storm): Rule[] {
  if (storm === 'late') return [{ service, latency: { min: 1_000, max: 5_000 } }];
  if (storm === 'cut-response') return [{ service, sequence: { fail: 1, pass: 2 }, response: { abort_bytes: 1 } }];
  const [code, status] = codes[service][storm];
  return [{ service, probability: 0.7, error: { code, status } }];
}

async function disturbCalls(ways: Ways, service: 's3' | 'batch', storm: Storm, forMs: number): Promise<void> {
  const burst = ways.burst(service);
  await burst.set(rulesOf(service, storm));
  await sleep(forMs);
  await burst.set([]);
}
