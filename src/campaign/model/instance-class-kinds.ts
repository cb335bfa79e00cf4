/** The kinds of instance classes, by the name that `kind:` takes in a campaign file. */
export const classKinds = ['gpu', 'cpu'] as const;

interface GpuKindDefinition {
  /** GPUs that a Batch job on such a class reserves. */
  gpusOfBatchJob: number;
  isEmulated: boolean;
}

/**
 * Every kind of GPU that a class of kind `gpu` can have, by the name that `gpu:` takes in a campaign file. To add one, add an
 * entry; the compiler then demands its device in src/runner/device/open-device.ts.
 */
export const gpuKinds = {
  nvidia: { gpusOfBatchJob: 1, isEmulated: false },
  /** The container gets a size-capped device-memory mount instead of a device. */
  emulated: { gpusOfBatchJob: 0, isEmulated: true },
} as const satisfies Record<string, GpuKindDefinition>;

export type GpuKind = keyof typeof gpuKinds;

/** All values of `gpu:`. */
export const gpuKindNames = Object.keys(gpuKinds) as [GpuKind, ...GpuKind[]];

/** The default of `gpu:` on a class of kind `gpu`. */
export const defaultGpuKind: GpuKind = 'nvidia';
