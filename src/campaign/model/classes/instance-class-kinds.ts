/** The kinds of instance classes, by the name that `kind:` takes in a campaign file. */
export const classKinds = ['gpu', 'cpu'] as const;

interface GpuKindDefinition {
  /** Whether a Batch job on such a class reserves its GPUs. */
  isReservedByBatch: boolean;
  isEmulated: boolean;
}

/**
 * Every kind of GPU that a class of kind `gpu` can have, by the name that `gpu:` takes in a campaign file. To add one, add an
 * entry; the compiler then demands its device in src/runner/device/open-device.ts.
 */
export const gpuKinds = {
  nvidia: { isReservedByBatch: true, isEmulated: false },
  /** The container gets a size-capped device-memory mount instead of a device. */
  emulated: { isReservedByBatch: false, isEmulated: true },
} as const satisfies Record<string, GpuKindDefinition>;

export type GpuKind = keyof typeof gpuKinds;

/** All values of `gpu:`. */
export const gpuKindNames = Object.keys(gpuKinds) as [GpuKind, ...GpuKind[]];

/** Values of `isolation:`, which give a class's containers more than the engine's usual runtime does. */
export const isolations = ['gvisor'] as const;
export type Isolation = (typeof isolations)[number];

/** The GPUs of a class, as the frozen campaign and a run's spec state them. `gpus`: absent, it has one. */
export interface ClassGpus {
  gpu?: GpuKind | 'none' | undefined;
  gpus?: number | undefined;
}

/** How many GPUs a submission gets on a class. */
export const gpusOf = ({ gpu, gpus }: ClassGpus): number => (gpu === undefined || gpu === 'none' ? 0 : (gpus ?? 1));

/** How many GPUs a Batch job on a class reserves. */
export const reservedGpusOf = (instanceClass: ClassGpus): number => {
  const { gpu } = instanceClass;
  return gpu !== undefined && gpu !== 'none' && gpuKinds[gpu].isReservedByBatch ? gpusOf(instanceClass) : 0;
};
