import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory, WorkerOptions } from '@temporalio/worker';
import type { KeyRing } from '../codec/key-ring.ts';
import { SealingCodec, type IsRegistered } from '../codec/sealing-codec.ts';
import { unauthenticatedBecause, unauthenticatedText } from '../unauthenticated.ts';

/**
 * What a worker needs to seal what it sends and to refuse what is not authenticated; nothing without keys. The failure converter
 * is a bundle of its own, see scripts/build.mjs.
 */
export const authentication = (
  keys: KeyRing | undefined,
  failureConverterPath: string,
  isRegistered: IsRegistered,
): Pick<WorkerOptions, 'dataConverter' | 'interceptors'> =>
  keys === undefined
    ? {}
    : {
        dataConverter: { payloadCodecs: [new SealingCodec(keys, isRegistered)], failureConverterPath },
        interceptors: { activity: [authenticActivity] },
      };

/**
 * Refuses activities that no workflow of Holdout's scheduled. Completes those without a result with null, so that a workflow can
 * tell them from those that another program completed with nothing, see authentic-activities.ts.
 */
const authenticActivity: ActivityInterceptorsFactory = ({ info, log }) => ({
  inbound: {
    async execute(input, next) {
      const reason =
        input.args.length === 0
          ? 'missing'
          : input.args.map(unauthenticatedBecause).find((found) => found !== undefined);
      if (reason === undefined) return (await next(input)) ?? null;
      const message = `the order of ${info.activityType} is not authenticated: ${unauthenticatedText[reason]}`;
      log.warn(`refused: ${message}`);
      throw ApplicationFailure.nonRetryable(message, 'UNAUTHENTICATED');
    },
  },
});
