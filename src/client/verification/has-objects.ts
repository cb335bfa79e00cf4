import type { Access } from '../access.ts';

/** Whether the results bucket has anything of a campaign; not only campaign.json, which may have been removed. */
export async function hasObjects({ store, buckets }: Access, campaign: string): Promise<boolean> {
  for await (const _ of store.list(buckets.results, `${campaign}/`)) return true;
  return false;
}
