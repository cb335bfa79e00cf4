import assert from 'node:assert/strict';
import type { Breach } from '../../../src/campaign/invariants/breach.ts';
import type { CheckedFacts, RecordedRound } from '../../../src/campaign/invariants/facts.ts';
import { cleanCampaign } from './clean-campaign.ts';

/** A breach that is planted into a campaign: exactly this is found, in these words. */
export type Plant = [what: string, facts: CheckedFacts, found: Breach[], words: RegExp];

export type Kind = Breach['kind'];

export const clean = cleanCampaign();

/** The records of the first and the second round of `a`. */
export const [first = assert.fail(), second = assert.fail()] = clean.records.get('a') ?? [];

export const withRecords = (submission: string, ...records: RecordedRound[]): CheckedFacts['records'] =>
  new Map([...clean.records, [submission, records]]);

export const withJob = (...jobs: CheckedFacts['jobs']): CheckedFacts => ({
  ...clean,
  jobs: [...clean.jobs, ...jobs],
});

export const without = <Item>(items: readonly Item[], drop: (item: Item) => boolean): Item[] =>
  items.filter((item) => !drop(item));
