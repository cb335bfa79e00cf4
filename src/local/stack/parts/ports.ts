import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { holdoutError } from '../../../errors.ts';
import type { ReportLine } from '../../report-line.ts';
import { browserRefusedPorts } from './browser-refused-ports.ts';
import { portHolder } from './port-holder.ts';

/** Ports of Temporal's server that check neither where a request comes from nor who sends it, and that only programs use. */
const unguarded = ['temporalUi', 'temporalHttp', 'temporalMetrics'] as const;

export const portNames = ['temporal', 'ui', ...unguarded, 's3', 'batch'] as const;
type PortName = (typeof portNames)[number];
export type Ports = Record<PortName, number>;
/** Requested ports: 0 means any free port, undefined the default port or, if that is taken, a free one. */
export type PortRequests = Partial<Record<PortName, number | undefined>>;

export const portVariables: Record<PortName, string> = {
  temporal: 'HOLDOUT_TEMPORAL_PORT',
  ui: 'HOLDOUT_UI_PORT',
  temporalUi: 'HOLDOUT_TEMPORAL_UI_PORT',
  temporalHttp: 'HOLDOUT_TEMPORAL_HTTP_PORT',
  temporalMetrics: 'HOLDOUT_TEMPORAL_METRICS_PORT',
  s3: 'HOLDOUT_S3_PORT',
  batch: 'HOLDOUT_BATCH_PORT',
};

/** Those that are unguarded take any free port that browsers refuse. */
export const defaultPorts: Ports = {
  temporal: 7233,
  ui: 8233,
  temporalUi: 0,
  temporalHttp: 0,
  temporalMetrics: 0,
  s3: 7070,
  batch: 7171,
};

/** Reads the HOLDOUT_*_PORT variables; throws USAGE for invalid ports. */
export function portRequests(env: NodeJS.ProcessEnv = process.env): PortRequests {
  const read = (name: PortName): number | undefined => {
    const variable = portVariables[name];
    const text = env[variable];
    if (text === undefined || text === '') return undefined;
    const port = Number(text);
    if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
    throw holdoutError('USAGE', {
      message: `${variable}=${text} is not a port: give 0 to 65535, 0 for any free port.`,
    });
  };
  return Object.fromEntries(portNames.map((name) => [name, read(name)]));
}

interface ChoosePorts {
  requests: PortRequests;
  /** The ports of the last start: runners that outlived it still use S3 there. */
  remembered: Partial<Ports>;
  /** Ports on which processes of this stack already listen. */
  own: ReadonlySet<number>;
  report: ReportLine;
}

/** Chooses a port for each server. Throws PORT_BUSY if a requested port is taken; a taken default is replaced and reported. */
export async function choosePorts(request: ChoosePorts): Promise<Ports> {
  const chosen: Partial<Ports> = {};
  // In sequence, so that no two servers get the same port.
  for (const name of portNames) chosen[name] = await choosePort(name, request, Object.values(chosen));
  return chosen as Ports;
}

async function choosePort(
  name: PortName,
  { requests, remembered, own, report }: ChoosePorts,
  taken: number[],
): Promise<number> {
  const requested = requests[name];
  const isUsable = async (port: number): Promise<boolean> =>
    !taken.includes(port) && (own.has(port) || (await isFreePort(port)));
  if (requested !== undefined && requested > 0) {
    if (await isUsable(requested)) return requested;
    const holder = portHolder(requested);
    throw holdoutError('PORT_BUSY', { port: requested, variable: portVariables[name], ...(holder && { holder }) });
  }
  if (isUnguarded(name)) return unguardedPort(name, { remembered, isUsable, taken, report });
  const wanted = (remembered[name] ?? (requested === undefined ? defaultPorts[name] : 0)) || undefined;
  if (wanted !== undefined && (await isUsable(wanted))) return wanted;
  const port = await freePort(taken);
  if (wanted !== undefined) {
    report(
      `port ${wanted} is taken by ${portHolder(wanted) ?? 'another program'}; ${name} uses ${port} instead (${portVariables[name]} sets it)`,
    );
  }
  return port;
}

const isUnguarded = (name: PortName): boolean => (unguarded as readonly string[]).includes(name);

interface UnguardedPort extends Pick<ChoosePorts, 'remembered' | 'report'> {
  isUsable: (port: number) => Promise<boolean>;
  taken: readonly number[];
}

/** A port that browsers refuse, so that no page of a stranger gets at it, also not under a name that it pointed at this machine. */
async function unguardedPort(name: PortName, { remembered, isUsable, taken, report }: UnguardedPort): Promise<number> {
  // An older version remembers any port.
  const last = browserRefusedPorts.filter((port) => port === remembered[name]);
  // From anywhere: several stacks may start at the same time.
  const start = randomInt(browserRefusedPorts.length);
  const choice = [...browserRefusedPorts.slice(start), ...browserRefusedPorts.slice(0, start)];
  for (const port of [...last, ...choice]) if (await isUsable(port)) return port;
  const port = await freePort(taken);
  report(`every port that browsers refuse is taken; ${name} uses ${port}, which a web page can reach (docs/codec.md)`);
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
 * Below Linux's range of ephemeral ports (from 32768, ip(7)), so that a server that starts later, or restarts, finds its port
 * still free.
 */
const freeRange = { from: 10_000, to: 32_000 };
const maxAttempts = 100;

async function freePort(taken: readonly number[]): Promise<number> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const port = randomInt(freeRange.from, freeRange.to);
    if (!taken.includes(port) && (await isFreePort(port))) return port;
  }
  throw new Error(`no free port between ${freeRange.from} and ${freeRange.to}`);
}
