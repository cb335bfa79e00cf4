import { isIP } from 'node:net';
import { holdoutError } from '../errors.ts';

/** Where a worker serves Holdout's metrics; the next port has those of Temporal's SDK. */
export interface MetricsAddress {
  /** An IP address. */
  host: string;
  port: number;
}

/** Ports of one worker: its own metrics and the SDK's. */
export const portsPerWorker = 2;

/** The embedded stack takes ports for two workers. */
const highestPort = 65_535 - 2 * portsPerWorker + 1;

/** Reads `PORT`, which means this machine alone, or `ADDRESS:PORT` of HOLDOUT_METRICS. Throws SETTING_INVALID. */
export function metricsAddressFrom(value: string): MetricsAddress {
  const [, given = '127.0.0.1', digits = ''] = /^(?:(.+):)?([1-9]\d{0,4})$/.exec(value) ?? [];
  const host = given === 'localhost' ? '127.0.0.1' : given.replace(/^\[(.*)\]$/, '$1');
  const port = Number(digits);
  // `::1:9464` is an address without a port, or one with it.
  const isClear = isIP(host) === (given.startsWith('[') ? 6 : 4);
  if (digits === '' || port > highestPort || !isClear) {
    const allowed = [
      `a port from 1 to ${highestPort} of this machine`,
      'ADDRESS:PORT with an IP address such as 0.0.0.0 or [::]',
    ];
    throw holdoutError('SETTING_INVALID', { name: 'HOLDOUT_METRICS', value, allowed });
  }
  return { host, port };
}

/** The address whose port is `further` ports higher, as {@link metricsAddressFrom} reads it. */
export const addressText = ({ host, port }: MetricsAddress, further = 0): string =>
  `${isIP(host) === 6 ? `[${host}]` : host}:${port + further}`;
