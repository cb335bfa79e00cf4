import { classOfCanary } from '../../ids.ts';
import { resultObjects } from '../../object-keys.ts';
import type { TeamRound } from '../../campaign/model/rounds.ts';
import type { Buckets } from '../../settings.ts';
import type { CampaignKeys } from './campaign-keys.ts';
import type { CheckedObjects } from './object-bytes.ts';

/** Objects that nothing read so far names: findings about base images, runs of open rounds; all others are faults. */
export function explainRest(
  { findings }: CheckedObjects,
  of: { buckets: Buckets; keys: CampaignKeys; rounds: readonly TeamRound[] },
): void {
  const { buckets, keys, rounds } = of;
  const submissions = new Set(rounds.map(({ submission }) => submission));
  const open = new Set(
    rounds
      .filter(({ submission, sequence }) => sequence > (keys.records.get(submission) ?? 0))
      .map(({ submission }) => submission),
  );
  const isOpen = (submission: string | undefined): boolean => submission !== undefined && open.has(submission);
  for (const key of keys.results) {
    if (findings.isExplained(buckets.results, key)) continue;
    const [, folder, name, ...rest] = key.split('/');
    const base = folder === 'bases' && rest.length === 2 && submissions.has(rest[1] ?? '');
    if (base && ['saturating', 'measured'].includes(rest[0] ?? '')) findings.explain(buckets.results, key);
    else if (folder === 'scans' && submissions.has(name ?? '')) {
      findings.explain(buckets.results, key);
      findings.note('what the host’s scanner printed about images');
    } else if (folder === 'scores' && isOpen(name)) findings.note('scores of rounds that are not recorded yet');
    else findings.fault(buckets.results, key, unexpected);
  }
  for (const key of keys.runs) {
    if (findings.isExplained(buckets.runs, key)) continue;
    const [campaign = '', member = '', n] = key.split('/');
    const name = classOfCanary(member);
    if (name !== undefined && !keys.results.includes(resultObjects.canary(campaign, name, Number(n)))) {
      findings.note('the runs of canaries that are not recorded yet');
    } else if (isOpen(member)) findings.note('runs of rounds that are not recorded yet');
    else findings.fault(buckets.runs, key, unexpected);
  }
}

const unexpected = 'the record names no such object';
