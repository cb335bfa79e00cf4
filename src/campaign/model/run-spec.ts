import type { InputSet, InstanceClass, Purpose, RootFilesystem } from './frozen-campaign.ts';
import type { GpuKind, Isolation } from './classes/instance-class-kinds.ts';
import type { ContainerPaths } from './layouts.ts';

/** spec.json: the runner's instructions, written once before the job's submission. Contains no labels or secrets. */
export interface RunSpec {
  version: 1;
  runKey: string;
  purpose: Purpose;
  /**
   * `reference` is a skopeo reference in the private image store (`oci:<folder>:<tag>` or `docker://…@sha256:…`);
   * `digest` is the manifest digest pinned by the image checks, `sha256:…`; the runner refuses any other.
   */
  image: { reference: string; digest: string };
  inputs: InputSet;
  /** `gpus`: absent, one on a class with a GPU; `gpuMemoryMiB`: of one device. */
  instanceClass: {
    name: string;
    gpu: GpuKind | 'none';
    gpus?: number;
    gpuMemoryMiB: number;
    vcpus: number;
    isolation?: Isolation;
  };
  limits: {
    wallClockSeconds: number;
    /** Memory of the container, in MiB, without emulated device memory. */
    memoryMiB: number;
    pids: number;
    outputBytes: number;
    sharedMemoryMiB: number;
  };
  predictions: { file: string; maxBytes: number };
  /** The age recipient for whom the runner seals predictions and log; absent: they stay plain. */
  seal?: string;
  /** Input and output folders in the container, absolute; absent: {@link defaultPaths}. */
  paths?: ContainerPaths;
  /** Variables of the campaign's layout. */
  environment?: Record<string, string>;
  /** Replaces the image's ENTRYPOINT and CMD, without a shell. */
  command?: string[];
  /** Replaces the image's CMD. */
  args?: string[];
  /** Absent: `read-only`. */
  rootFilesystem?: RootFilesystem;
}

/** What a spec says about the class. */
export const specClassOf = ({
  name,
  gpu,
  gpus,
  gpuMemoryMiB,
  vcpus,
  isolation,
}: InstanceClass): RunSpec['instanceClass'] => ({
  name,
  gpu: gpu ?? 'none',
  ...(gpus !== undefined && { gpus }),
  gpuMemoryMiB: gpuMemoryMiB ?? 0,
  vcpus,
  ...(isolation !== undefined && { isolation }),
});
