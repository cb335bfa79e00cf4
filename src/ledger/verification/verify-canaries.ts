import { canaryVerdict } from '../../campaign/evaluation/canary-verdict.ts';
import type { CanaryOutcome } from '../../campaign/model/canaries/canary.ts';
import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import { worstCanaryMicroUsd } from '../../campaign/model/canaries/canary-limits.ts';
import { canaryMember, runKeyOf } from '../../ids.ts';
import { resultObjects, runObjects } from '../../object-keys.ts';
import type { Buckets } from '../../settings.ts';
import { byClassAndNumber, type CanaryRecord } from '../canary-records.ts';
import type { Heads } from '../heads.ts';
import type { CampaignKeys } from './campaign-keys.ts';
import { costFault } from './cost-fault.ts';
import { verifyLate } from './verify-late.ts';
import type { CheckedObjects } from './checked-objects.ts';

/** The records of canaries, and the sha256 (hex) of each by its key. */
export interface VerifiedCanaries {
  records: CanaryRecord[];
  digests: Record<string, string>;
}

/** The records of canaries, compared with the last publication and with the objects of their runs. */
export async function verifyCanaries(
  objects: CheckedObjects,
  { results: bucket, runs }: Pick<Buckets, 'results' | 'runs'>,
  {
    frozen,
    keys,
    heads,
  }: { frozen: FrozenCampaign; keys: Pick<CampaignKeys, 'results' | 'runs'>; heads: Heads | undefined },
): Promise<VerifiedCanaries> {
  const named = heads?.canaries ?? {};
  const present = keys.results.filter((key) => key.startsWith(resultObjects.canaryFolder(frozen.campaign)));
  const records: CanaryRecord[] = [];
  const digests: Record<string, string> = {};
  for (const key of new Set([...Object.keys(named), ...present])) {
    const sha256 = named[key];
    const digest = sha256 === undefined ? undefined : { sha256, namedBy: 'heads.json' };
    const found = await objects.readJson<CanaryRecord>(bucket, key, { digest });
    if (found === undefined) continue;
    const { class: name, n } = found.value;
    const isOther = resultObjects.canary(frozen.campaign, name, n) !== key;
    const outcome = await verifyRunOf(objects, { bucket: runs, present: keys.runs, namedBy: key }, found.value);
    const fault = isOther ? 'it belongs to another canary' : faultOf(found.value, frozen, outcome);
    if (fault !== undefined) objects.findings.fault(bucket, key, fault);
    const cost = isOther ? undefined : costFaultOf(found.value, frozen);
    if (cost !== undefined) objects.findings.fault(bucket, key, `\`costMicroUsd\` ${cost}`, 'money');
    records.push(found.value);
    digests[key] = found.digest;
  }
  return { records: byClassAndNumber(records), digests };
}

/** Where the run of a canary is: the bucket and all its keys, and the key of the canary's record. */
interface RunsBucket {
  bucket: string;
  present: ReadonlySet<string>;
  namedBy: string;
}

/** The outcome of a canary's run, whose objects are checked; undefined if the record names none, or another. */
async function verifyRunOf(
  objects: CheckedObjects,
  { bucket, present, namedBy }: RunsBucket,
  record: CanaryRecord,
): Promise<CanaryOutcome | undefined> {
  const runKey = runKeyOf(record.campaign, canaryMember(record.class), record.n);
  const { evidence } = record;
  if (evidence === undefined) objects.findings.note('the runs of canaries that an older Holdout recorded');
  for (const object of ['spec', 'claim', 'trouble'] as const) {
    const key = runObjects[object](runKey);
    const sha256 = evidence?.[object];
    if (sha256 !== undefined) await objects.read(bucket, key, { digest: { sha256, namedBy } });
    else if (evidence === undefined) objects.findings.explain(bucket, key);
    else if (object !== 'spec' && present.has(key))
      await verifyLate(objects, bucket, { runKey, object, recorded: 'the canary' });
  }
  const key = runObjects.outcome(runKey);
  if (evidence?.outcome !== undefined) {
    const digest = { sha256: evidence.outcome, namedBy };
    const found = await objects.readJson<CanaryOutcome>(bucket, key, { digest });
    return found?.digest === evidence.outcome ? found.value : undefined;
  }
  if (evidence === undefined) objects.findings.explain(bucket, key);
  else if (present.has(key)) await verifyLate(objects, bucket, { runKey, object: 'outcome', recorded: 'the canary' });
  return undefined;
}

/** Why a record does not say what follows from its class and its outcome. The words of a verdict may be another version's. */
function faultOf(
  record: CanaryRecord,
  { instanceClasses }: FrozenCampaign,
  outcome: CanaryOutcome | undefined,
): string | undefined {
  const { class: name, verdict } = record;
  const instanceClass = instanceClasses.find((one) => one.name === name);
  if (instanceClass === undefined) return `its class ${name} is unknown`;
  // An outcome that was written after somebody gave the canary up did not decide.
  if (outcome === undefined || verdict.kind === 'no-outcome') return undefined;
  const { kind } = canaryVerdict(outcome, instanceClass);
  return verdict.kind === kind ? undefined : `\`verdict\` is not ${kind}, which follows from outcome.json`;
}

/** Why its price does not follow from its billed seconds; undefined if it does, or if its class is unknown. */
function costFaultOf(record: CanaryRecord, { instanceClasses }: FrozenCampaign): string | undefined {
  const instanceClass = instanceClasses.find((one) => one.name === record.class);
  if (instanceClass === undefined) return undefined;
  const worst = record.verdict.kind === 'no-outcome' ? worstCanaryMicroUsd(instanceClass) : undefined;
  return costFault(record, instanceClass, worst);
}
