import { classOfCanary } from '../../ids.ts';
import { resultObjects } from '../../object-keys.ts';
import type { Buckets } from '../../settings.ts';
import { successfulRuns } from '../chain-rules.ts';
import type { LedgerRecord } from '../record.ts';
import type { CampaignKeys } from './campaign-keys.ts';
import type { Findings } from './findings.ts';
import type { CheckedObjects } from './checked-objects.ts';

interface Known {
  buckets: Buckets;
  keys: CampaignKeys;
  /** The ledger by submission, oldest record first. */
  chains: ReadonlyMap<string, readonly LedgerRecord[]>;
  /** Submissions with a round that is not recorded yet. */
  open: ReadonlySet<string>;
}

/**
 * Objects that nothing read so far names. Those of open rounds, and scores that were written after their round was recorded, are
 * explained; all others are faults.
 */
export function explainRest({ findings }: CheckedObjects, known: Known): void {
  explainResults(findings, known);
  explainRuns(findings, known);
}

function explainResults(findings: Findings, { buckets, keys, chains, open }: Known): void {
  const { results: bucket } = buckets;
  const late = lateScores(chains);
  for (const key of keys.results) {
    if (findings.isExplained(bucket, key)) continue;
    const [, folder, name = ''] = key.split('/');
    if (folder === 'scores' && open.has(name)) findings.note('scores of rounds that are not recorded yet');
    else if (late.has(key)) {
      findings.explain(bucket, key);
      findings.note('scores of rounds that were recorded without them, such as cancelled ones');
    } else findings.fault(bucket, key, unexpected);
  }
}

function explainRuns(findings: Findings, { buckets: { runs: bucket }, keys, open }: Known): void {
  for (const key of keys.runs) {
    if (findings.isExplained(bucket, key)) continue;
    const [campaign = '', member = '', n] = key.split('/');
    const name = classOfCanary(member);
    if (name !== undefined && !keys.results.includes(resultObjects.canary(campaign, name, Number(n)))) {
      findings.note('the runs of canaries that are not recorded yet');
    } else if (open.has(member)) findings.note('runs of rounds that are not recorded yet');
    else findings.fault(bucket, key, unexpected);
  }
}

/** The keys of scores that a scorer may have written although the round was recorded without one. */
function lateScores(chains: Known['chains']): Set<string> {
  const late = new Set<string>();
  for (const records of chains.values()) {
    for (const { campaign, submission, sequence } of records.filter(({ score }) => score === null)) {
      for (const n of successfulRuns(records, sequence))
        late.add(resultObjects.score(campaign, submission, n, sequence));
    }
  }
  return late;
}

const unexpected = 'the record names no such object';
