import { resultObjects } from '../../object-keys.ts';
import { byClassAndNumber, type CanaryRecord } from '../canaries.ts';
import type { Heads } from '../heads.ts';
import type { CheckedObjects } from './object-bytes.ts';

/** The records of canaries, compared with the last publication. */
export async function verifyCanaries(
  objects: CheckedObjects,
  bucket: string,
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
    records.push(found.value);
  }
  return byClassAndNumber(records);
}
