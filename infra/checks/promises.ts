import { accountPromises } from './promises/account.ts';
import { bucketPromises } from './promises/buckets.ts';
import { classPromises } from './promises/classes.ts';
import { hostPromises } from './promises/hosts.ts';
import { imagePromises } from './promises/images.ts';
import { labelPromises } from './promises/labels.ts';
import { networkPromises } from './promises/network.ts';
import { rolePromises } from './promises/roles.ts';
import type { Promised } from './promise.ts';

/** Everything that an installation promises. */
export const promises: readonly Promised[] = [
  ...networkPromises,
  ...bucketPromises,
  ...labelPromises,
  ...imagePromises,
  ...hostPromises,
  ...classPromises,
  ...rolePromises,
  ...accountPromises,
];
