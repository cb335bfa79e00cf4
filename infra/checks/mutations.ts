import type { Mutation } from './mutation.ts';
import { accessMutations } from './mutations/access.ts';
import { computeMutations } from './mutations/compute.ts';
import { networkMutations } from './mutations/network.ts';
import { storageMutations } from './mutations/storage.ts';

/** One change or more for each promise. */
export const mutations: readonly Mutation[] = [
  ...networkMutations,
  ...storageMutations,
  ...computeMutations,
  ...accessMutations,
];
