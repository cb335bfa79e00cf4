export const classKinds = ['gpu', 'cpu'] as const;

/**
 * Every kind of GPU that a class of kind `gpu` can have, by the name that `gpu:` takes in a campaign file. To add one, add an
 * entry; the compiler then demands its device in src/runner/device/open-device.ts.
 */
export const gpuKinds = {
  nvidia: { gpusOfBatchJob: 1, isEmulated: false },
  /** The container gets a size-capped device-memory mount instead of a device. */
  emulated: { gpusOfBatchJob: 0, isEmulated: true },
} as const satisfies Record<string, { gpusOfBatchJob: number; isEmulated: boolean }>;

export type GpuKind = keyof typeof gpuKinds;

export const gpuKindNames = Object.keys(gpuKinds) as [GpuKind, ...GpuKind[]];

/** What a class of kind `gpu` has where the campaign file does not say. */
export const defaultGpuKind: GpuKind = 'nvidia';
