import { instanceOf, named, object, plain, recordOf, tuple, type Codec } from './json-encoding.ts';
import type { FieldsOf } from './read-only.ts';
import { RunStatistics, type ClassStatistics, type EndedEvaluations, type FirstEvaluations } from './run-statistics.ts';

const durationBins = <Bin>(bin: Parameters<typeof recordOf<Bin>>[0]) => recordOf(bin, Object.fromEntries);

const endedEvaluations = durationBins(
  tuple<EndedEvaluations>({ count: plain(), sum: plain(), followed: plain(), lost: plain() }),
);

/** Older states do not have it. */
const endsCodec: Codec<ClassStatistics['ends']> = {
  encode: (ends) => ends,
  decode: (encoded) => ({ ...(encoded as ClassStatistics['ends'] | undefined) }),
};

/** The encoding of {@link RunStatistics} in the results of activities and in the state handed to the next run. */
export const statisticsCodec = instanceOf(
  RunStatistics,
  object<FieldsOf<RunStatistics>>({
    since: plain(),
    byClass: recordOf(
      object<ClassStatistics>({
        firstEvaluations: named(
          'firsts',
          durationBins(
            tuple<FirstEvaluations>({
              count: plain(),
              probeSeconds: plain(),
              measured: plain(),
              expectedSeconds: plain(),
            }),
          ),
        ),
        measured: endedEvaluations,
        unmeasured: endedEvaluations,
        memoryOutcomes: named('tries', plain()),
        nextClasses: named('followers', plain()),
        probes: plain(),
        ends: endsCodec,
        ran: plain(),
        held: plain(),
        justFreed: named('freed', plain()),
      }),
    ),
  }),
);
