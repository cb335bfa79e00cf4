import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { holdoutError } from '../../../errors.ts';
import type { ReportLine } from '../../report.ts';
import { portHolder } from './port-holder.ts';

export const portNames = ['temporal', 'ui', 's3', 'batch'] as const;
export type PortName = (typeof portNames)[number];
export type Ports = Record<PortName, number>;
/** What was asked for: a port, 0 for any free one, undefined for the usual one or, if that is taken, a free one. */
export type PortRequests = Record<PortName, number | undefined>;

export const portVariables: Record<PortName, string> = {
  temporal: 'HOLDOUT_TEMPORAL_PORT',
  ui: 'HOLDOUT_UI_PORT',
  s3: 'HOLDOUT_S3_PORT',
  batch: 'HOLDOUT_BATCH_PORT',
};

export const usualPorts: Ports = { temporal: 7233, ui: 8233, s3: 7070, batch: 7171 };

/** Reads the HOLDOUT_*_PORT variables; throws USAGE for what is no port. */
export function portRequests(env: NodeJS.ProcessEnv = process.env): PortRequests {
  const read = (name: PortName): number | undefined => {
    const variable = portVariables[name];
    const text = env[variable];
    if (text === undefined || text === '') return undefined;
    const port = Number(text);
    if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
    throw holdoutError('USAGE', { message: `${variable}=${text} is no port: give 0 to 65535, 0 for any free one.` });
  };
  return { temporal: read('temporal'), ui: read('ui'), s3: read('s3'), batch: read('batch') };
}

interface ChoosePorts {
  requests: PortRequests;
  /** The last start's: runners that outlived it still look for S3 there. */
  remembered: Partial<Ports>;
  /** Ports on which processes of this very stack listen already. */
  own: ReadonlySet<number>;
  report: ReportLine;
}

/** One port for each server. A port that was asked for and is taken throws PORT_BUSY; a usual one is replaced, and said. */
export async function choosePorts(request: ChoosePorts): Promise<Ports> {
  const chosen: Partial<Ports> = {};
  // Both sides ask for a free port only when they have none: no two of these may meet.
  for (const name of portNames) chosen[name] = await choosePort(name, request, Object.values(chosen));
  return chosen as Ports;
}

async function choosePort(
  name: PortName,
  { requests, remembered, own, report }: ChoosePorts,
  taken: number[],
): Promise<number> {
  const asked = requests[name];
  const isOurs = async (port: number): Promise<boolean> =>
    !taken.includes(port) && (own.has(port) || (await isFreePort(port)));
  if (asked !== undefined && asked > 0) {
    if (await isOurs(asked)) return asked;
    const holder = portHolder(asked);
    throw holdoutError('PORT_BUSY', {
      port: asked,
      variable: portVariables[name],
      ...(holder === undefined ? {} : { holder }),
    });
  }
  const wanted = remembered[name] ?? (asked === undefined ? usualPorts[name] : undefined);
  if (wanted !== undefined && (await isOurs(wanted))) return wanted;
  const port = await freePort(taken);
  if (wanted !== undefined) {
    report(
      `port ${wanted} is taken by ${portHolder(wanted) ?? 'another program'}; ${name} uses ${port} (${portVariables[name]} sets it)`,
    );
  }
  return port;
}

/** Whether a server could listen on this loopback port now. */
export function isFreePort(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Below the range from which Linux gives ports to connections and to servers that ask for any (32768 on, ip(7)): a server
 * that comes later, or is started again, finds its port still free.
 */
const own = { from: 10_000, to: 32_000 };
const mostTries = 100;

async function freePort(taken: readonly number[]): Promise<number> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const port = randomInt(own.from, own.to);
    if (!taken.includes(port) && (await isFreePort(port))) return port;
  }
  throw new Error(`no free port between ${own.from} and ${own.to}`);
}
