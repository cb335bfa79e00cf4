import type { InstanceClass, Limits, PredictionsFormat } from '../model/frozen-campaign.ts';
import { wallClockSeconds } from '../model/run-limits.ts';

/** What a run of a pilot depends on beside its submission's image. */
export interface ClassConditions {
  /** How many there are, or where they lie in S3. */
  inputs: number | string;
  machine: Pick<InstanceClass, 'kind' | 'gpu' | 'gpuMemoryMiB' | 'vcpus' | 'memoryMiB'>;
  /** Its own wall clock among them. */
  limits: Omit<Limits, 'wallClockOn' | 'attempts' | 'platformRuns'>;
  predictions: PredictionsFormat;
}

/** What the measurement of a run depends on; price, deadline, budget and slots are no part of it. */
export interface RunConditions extends ClassConditions {
  /** Its digest, or where it lies in S3 or a registry. */
  image: string;
}

/** The conditions under which a campaign file has submissions run. */
export interface FileConditions {
  /** By submission. */
  images: ReadonlyMap<string, string>;
  /** By class. */
  classes: ReadonlyMap<string, ClassConditions>;
}

/** The conditions of one run; undefined where the submission's image is not known, or the class is not in the file. Pure. */
export function runConditions(
  { images, classes }: FileConditions,
  { submission, class: onClass }: { submission: string; class: string },
): RunConditions | undefined {
  const image = images.get(submission);
  const rest = classes.get(onClass);
  return image === undefined || rest === undefined ? undefined : { image, ...rest };
}

interface Rules {
  limits: Limits;
  predictions: PredictionsFormat;
  instanceClasses: readonly InstanceClass[];
}

/** The conditions on every class of a file. Pure. */
export function classConditions(
  { limits, predictions, instanceClasses: classes }: Rules,
  inputs: ClassConditions['inputs'],
): Map<string, ClassConditions> {
  const { wallClockOn: _scaled, attempts: _once, platformRuns: _few, ...promised } = limits;
  return new Map(
    classes.map((on) => {
      const { name, kind, gpu, gpuMemoryMiB, vcpus, memoryMiB } = on;
      const device = { ...(gpu && { gpu }), ...(gpuMemoryMiB !== undefined && { gpuMemoryMiB }) };
      const wallClock = { wallClockSeconds: wallClockSeconds(limits, on, classes) };
      return [
        name,
        { inputs, machine: { kind, ...device, vcpus, memoryMiB }, limits: { ...promised, ...wallClock }, predictions },
      ];
    }),
  );
}
