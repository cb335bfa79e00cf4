import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskQueueName } from '../../../ids.ts';
import { addressText, metricsAddressFrom, portsPerWorker } from '../../../metrics/metrics-address.ts';
import type { AccountName, Credentials } from '../home/credentials.ts';
import { memberEnvironment, plainEnvironment, type Endpoints } from './environment.ts';
import type { Home } from '../home/home.ts';
import type { Part } from './part.ts';

/** The stack's worker processes. The scorer is separate: only its key can read the labels. */
const workers: { name: string; account: AccountName; queues: TaskQueueName[] }[] = [
  { name: 'worker', account: 'worker', queues: ['main', 'images', 'submit', 'await'] },
  { name: 'scorer', account: 'scorer', queues: ['score'] },
];

/**
 * V8 lets the heap grow to up to four times the live data before it collects. A limit far above a worker's needs makes it
 * collect earlier: with 600 open submissions, a sixth less memory at the same processor time.
 */
const leanHeap = ['--max-old-space-size=512', '--max-semi-space-size=4'];

/** The worker and the scorer, which start when their servers are up. */
export function workerParts(home: Home, endpoints: Endpoints, credentials: Credentials, programs: string): Part[] {
  const program = join(programs, 'worker.mjs');
  return workers.map(({ name, account, queues }, place) => {
    const readyFile = join(home.run, `${name}.ready`);
    return {
      name,
      stage: 2,
      program,
      command: [process.execPath, '--enable-source-maps', ...leanHeap, program, '--queues', queues.join(',')],
      environment: {
        ...plainEnvironment(),
        ...memberEnvironment(home, endpoints, credentials, account),
        ...metricsEnvironment(place),
        ...(process.env['HOLDOUT_TRACES'] && { HOLDOUT_TRACES: process.env['HOLDOUT_TRACES'] }),
        HOLDOUT_READY_FILE: readyFile,
      },
      files: {},
      readyFile,
      isReady: () => Promise.resolve(existsSync(readyFile)),
      // The worker gives its activities 5 s and itself 30 s; the next start resumes all of them.
      grace: 12_000,
    };
  });
}

/** The terminal's HOLDOUT_METRICS; the second worker takes the ports after those of the first. Throws SETTING_INVALID. */
function metricsEnvironment(place: number): Record<string, string> {
  const given = process.env['HOLDOUT_METRICS'];
  return given ? { HOLDOUT_METRICS: addressText(metricsAddressFrom(given), portsPerWorker * place) } : {};
}
