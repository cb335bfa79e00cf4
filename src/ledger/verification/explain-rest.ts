import { classOfCanary, runKeyOf } from '../../ids.ts';
import { resultObjects, runObjects } from '../../object-keys.ts';
import type { TeamRound } from '../../campaign/model/rounds.ts';
import type { Buckets } from '../../settings.ts';
import { successfulRuns } from '../chain-rules.ts';
import type { LedgerRecord } from '../record.ts';
import type { CampaignKeys } from './campaign-keys.ts';
import type { Findings } from './findings.ts';
import type { CheckedObjects } from './checked-objects.ts';

interface Known {
  buckets: Buckets;
  keys: CampaignKeys;
  rounds: readonly TeamRound[];
  /** The ledger by submission, oldest record first. */
  chains: ReadonlyMap<string, readonly LedgerRecord[]>;
}

/**
 * Objects that nothing read so far names. Findings about base images, runs of open rounds, and what was written after its
 * round or canary was recorded are explained; all others are faults.
 */
export function explainRest({ findings }: CheckedObjects, known: Known): void {
  const { buckets, keys, rounds } = known;
  const isOpen = ({ submission, sequence }: TeamRound): boolean => sequence > (keys.records.get(submission) ?? 0);
  const open = new Set(rounds.filter(isOpen).map(({ submission }) => submission));
  explainResults(findings, known, open);
  explainRuns(findings, buckets.runs, keys, open);
}

function explainResults(findings: Findings, { buckets, keys, rounds, chains }: Known, open: ReadonlySet<string>): void {
  const { results: bucket } = buckets;
  const submissions = new Set(rounds.map(({ submission }) => submission));
  const late = lateScores(chains);
  for (const key of keys.results) {
    if (findings.isExplained(bucket, key)) continue;
    const [, folder, name = '', ...rest] = key.split('/');
    const base = folder === 'bases' && rest.length === 2 && submissions.has(rest[1] ?? '');
    if (base && ['saturating', 'measured'].includes(rest[0] ?? '')) findings.explain(bucket, key);
    else if (folder === 'scans' && submissions.has(name)) {
      findings.explain(bucket, key);
      findings.note('what the host’s scanner printed about images');
    } else if (folder === 'scores' && open.has(name)) findings.note('scores of rounds that are not recorded yet');
    else if (late.has(key)) {
      findings.explain(bucket, key);
      findings.note('scores of rounds that were recorded without them, such as cancelled ones');
    } else findings.fault(bucket, key, unexpected);
  }
}

function explainRuns(findings: Findings, bucket: string, keys: CampaignKeys, open: ReadonlySet<string>): void {
  for (const key of keys.runs) {
    if (findings.isExplained(bucket, key)) continue;
    const [campaign = '', member = '', n] = key.split('/');
    const name = classOfCanary(member);
    if (name !== undefined && !keys.results.includes(resultObjects.canary(campaign, name, Number(n)))) {
      findings.note('the runs of canaries that are not recorded yet');
    } else if (name !== undefined && canBeLate(runKeyOf(campaign, member, Number(n)), key)) {
      findings.explain(bucket, key);
      findings.note(`${key}, because it was not there when the canary was recorded`);
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

/** Whether a job that could not be stopped may write this object of its run. */
const canBeLate = (runKey: string, key: string): boolean =>
  (['claim', 'outcome', 'trouble'] as const).some((object) => runObjects[object](runKey) === key);

const unexpected = 'the record names no such object';
