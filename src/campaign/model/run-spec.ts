import type { InputSet, Purpose, RootFilesystem } from './frozen-campaign.ts';
import type { GpuKind } from './instance-class-kinds.ts';
import type { ContainerPaths } from './layouts.ts';

/** spec.json: everything the runner needs to know, written once before the job is submitted. Holds no label and no secret. */
export interface RunSpec {
  version: 1;
  runKey: string;
  purpose: Purpose;
  /**
   * `reference` is a skopeo reference in the private image store (`oci:<folder>:<tag>` or `docker://…@sha256:…`);
   * `digest` is the manifest digest pinned at the gate, `sha256:…`; the runner refuses anything else.
   */
  image: { reference: string; digest: string };
  inputs: InputSet;
  instanceClass: { name: string; gpu: GpuKind | 'none'; gpuMemoryMiB: number; vcpus: number };
  limits: {
    wallClockSeconds: number;
    /** What the container gets, in MiB. Emulated device memory comes on top. */
    memoryMiB: number;
    pids: number;
    outputBytes: number;
    sharedMemoryMiB: number;
  };
  predictions: { file: string; maxBytes: number };
  /** Where the container finds its inputs and puts its output, absolute; absent: {@link usualPaths}. */
  paths?: ContainerPaths;
  /** Variables that the campaign's layout sets. */
  environment?: Record<string, string>;
  /** Takes the place of the image's ENTRYPOINT and CMD; its words as they are. */
  command?: string[];
  /** Takes the place of the image's CMD. */
  args?: string[];
  /** Absent: `read-only`. */
  rootFilesystem?: RootFilesystem;
}
