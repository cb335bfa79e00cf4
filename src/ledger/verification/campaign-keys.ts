import { numberInKey } from '../../ids.ts';
import { resultObjects } from '../../object-keys.ts';
import type { RecordSource } from './record-source.ts';

/** The keys of a campaign in the results and runs buckets. */
export interface CampaignKeys {
  results: string[];
  runs: ReadonlySet<string>;
  /** Numbers of operator commands and of unsealings. */
  acts: number;
  unsealings: number;
  /** Number of records, by submission. */
  records: Map<string, number>;
}

export async function campaignKeys(
  source: RecordSource,
  buckets: { results: string; runs: string },
  campaign: string,
): Promise<CampaignKeys> {
  const all = async (bucket: string): Promise<string[]> => {
    const keys: string[] = [];
    for await (const key of source.list(bucket, `${campaign}/`)) keys.push(key);
    return keys;
  };
  const [results, runs] = await Promise.all([all(buckets.results), all(buckets.runs)]);
  const records = new Map<string, number>();
  const folder = resultObjects.ledgerFolder(campaign);
  for (const key of results.filter((key) => key.startsWith(folder))) {
    const [submission = '', file = ''] = key.slice(folder.length).split('/');
    const sequence = numberInKey(file.replace(/\.json$/, ''));
    if (sequence !== undefined) records.set(submission, Math.max(sequence, records.get(submission) ?? 0));
  }
  const acts = linksIn(results, resultObjects.actsFolder(campaign));
  const unsealings = linksIn(results, resultObjects.unsealingsFolder(campaign));
  return { results, runs: new Set(runs), acts, unsealings, records };
}

/** The highest number of a link in the folder of a chain. */
const linksIn = (keys: readonly string[], folder: string): number =>
  keys
    .filter((key) => key.startsWith(folder))
    .map((key) => numberInKey(key.slice(folder.length).replace(/\.json$/, '')) ?? 0)
    .reduce((most, sequence) => Math.max(most, sequence), 0);
