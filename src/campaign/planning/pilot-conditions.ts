import type { FrozenCampaign, InstanceClass, Limits, PredictionsFormat } from '../model/frozen-campaign.ts';
import type { Reason } from '../model/reasons.ts';
import { wallClockSeconds } from '../model/run-limits.ts';

/** The conditions of a pilot run on a class; a measurement is valid only while they stay the same. */
interface ClassConditions {
  /** Their number, or their location in S3. */
  inputs: number | string;
  machine: Pick<InstanceClass, 'kind' | 'gpu' | 'gpus' | 'gpuMemoryMiB' | 'vcpus' | 'memoryMiB'>;
  /** Including the wall clock of the class. */
  limits: Omit<Limits, 'wallClockOn' | 'attempts' | 'platformRuns'>;
  predictions: PredictionsFormat;
}

/** The conditions of one run. Price, deadline, budget and slots do not affect a measurement. */
export interface RunConditions extends ClassConditions {
  /** Its digest, or its location in S3 or a registry. */
  image: string;
}

/** Conditions that every measurement depends on, and those that only matter for a run with this failure. */
const always = ['inputs', 'machine.', 'limits.memoryMiB', 'limits.sharedMemoryMiB'];
const whenFailed: Partial<Record<Reason, readonly string[]>> = {
  'submission-error': ['limits.pids', 'limits.outputBytes'],
  'output-missing': ['limits.outputBytes', 'predictions.'],
  'output-invalid': ['limits.outputBytes', 'predictions.'],
  'image-refused': ['limits.imageBytes', 'limits.unpackedBytes'],
};

/** The conditions that must be the same for the measurement of a run with this end to count, by the beginnings of their paths. */
export const relevantConditions = (reason: Reason | null | undefined): readonly string[] => [
  ...always,
  ...((reason && whenFailed[reason]) ?? []),
];

/** The conditions that a campaign file sets. */
export interface FileConditions {
  /** By submission. */
  images: ReadonlyMap<string, string>;
  /** By class. */
  classes: ReadonlyMap<string, ClassConditions>;
}

/** The conditions of one run; undefined if the submission's image is unknown or the class is not in the file. */
export function runConditions(
  { images, classes }: FileConditions,
  { submission, class: className }: { submission: string; class: string },
): RunConditions | undefined {
  const image = images.get(submission);
  const rest = classes.get(className);
  return image === undefined || rest === undefined ? undefined : { image, ...rest };
}

/** The conditions on every class of a file. */
export function classConditions(
  { limits, predictions, instanceClasses: classes }: Pick<FrozenCampaign, 'limits' | 'predictions' | 'instanceClasses'>,
  inputs: ClassConditions['inputs'],
): Map<string, ClassConditions> {
  const { wallClockOn: _wallClockOn, attempts: _attempts, platformRuns: _platformRuns, ...others } = limits;
  return new Map(
    classes.map((instanceClass) => {
      const { name, kind, gpu, gpus, gpuMemoryMiB, vcpus, memoryMiB } = instanceClass;
      const device = {
        ...(gpu && { gpu }),
        ...(gpus && { gpus }),
        ...(gpuMemoryMiB !== undefined && { gpuMemoryMiB }),
      };
      const machine = { kind, ...device, vcpus, memoryMiB };
      const wallClock = { wallClockSeconds: wallClockSeconds(limits, instanceClass, classes) };
      return [name, { inputs, machine, limits: { ...others, ...wallClock }, predictions }];
    }),
  );
}
