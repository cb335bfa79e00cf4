import { canaryMember, runKeyOf } from '../../ids.ts';
import { resultObjects, runObjects } from '../../object-keys.ts';
import type { Buckets } from '../../settings.ts';
import { byClassAndNumber, type CanaryRecord } from '../canaries.ts';
import type { Heads } from '../heads.ts';
import type { CheckedObjects } from './object-bytes.ts';

/** The records of canaries, compared with the last publication. */
export async function verifyCanaries(
  objects: CheckedObjects,
  { results: bucket, runs }: Pick<Buckets, 'results' | 'runs'>,
  { campaign, keys, heads }: { campaign: string; keys: readonly string[]; heads: Heads | undefined },
): Promise<CanaryRecord[]> {
  const named = heads?.canaries ?? {};
  const present = keys.filter((key) => key.startsWith(resultObjects.canaryFolder(campaign)));
  const records: CanaryRecord[] = [];
  for (const key of new Set([...Object.keys(named), ...present])) {
    const sha256 = named[key];
    const digest = sha256 === undefined ? undefined : { sha256, namedBy: 'heads.json' };
    const found = await objects.readJson<CanaryRecord>(bucket, key, { digest });
    if (found === undefined) continue;
    const { class: name, n } = found.value;
    if (resultObjects.canary(campaign, name, n) !== key)
      objects.findings.fault(bucket, key, 'it belongs to another canary');
    await verifyRunOf(objects, runs, key, found.value);
    records.push(found.value);
  }
  return byClassAndNumber(records);
}

async function verifyRunOf(
  objects: CheckedObjects,
  bucket: string,
  namedBy: string,
  record: CanaryRecord,
): Promise<void> {
  const runKey = runKeyOf(record.campaign, canaryMember(record.class), record.n);
  for (const object of ['spec', 'claim', 'outcome', 'trouble'] as const) {
    const key = runObjects[object](runKey);
    const sha256 = record.evidence?.[object];
    if (sha256 !== undefined) await objects.read(bucket, key, { digest: { sha256, namedBy } });
    else if (record.evidence === undefined) objects.findings.explain(bucket, key);
  }
  if (record.evidence === undefined) objects.findings.note('the runs of canaries that an older Holdout recorded');
}
