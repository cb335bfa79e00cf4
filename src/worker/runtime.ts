import { DefaultLogger, Runtime, type LogExporterConfig, type MetricsExporterConfig } from '@temporalio/worker';
import type { Logger } from 'pino';
import { holdoutError, messageOf } from '../errors.ts';
import { addressText, type MetricsAddress } from '../metrics/metrics-address.ts';
import type { ShownLog } from './shown-log.ts';

/** pino's names of Temporal's log levels. */
const pinoLevels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/**
 * Installs Temporal's runtime, whose log goes to this process's. The SDK serves its own metrics, at the port after Holdout's:
 * also while this process's thread is busy. Throws METRICS_UNAVAILABLE.
 */
export function installRuntime(log: Logger, shown: ShownLog, metrics: MetricsAddress | undefined): void {
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) =>
    log[pinoLevels[level]](shown.fields(meta ?? {}), message),
  );
  if (metrics === undefined) return void Runtime.install({ logger, telemetryOptions: { logging } });
  const address = addressText(metrics, 1);
  try {
    Runtime.install({ logger, telemetryOptions: { logging, metrics: metricsAt(address) } });
  } catch (error) {
    throw holdoutError('METRICS_UNAVAILABLE', { address, cause: messageOf(error) }, error);
  }
}

/** The SDK's native part would otherwise print lines of its own form. */
const logging: LogExporterConfig = { filter: { core: 'WARN', other: 'ERROR' }, forward: {} };

/** Names and units as Prometheus wants them. */
const metricsAt = (bindAddress: string): MetricsExporterConfig => ({
  prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true },
});
