import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import type { RunRecord } from '../../campaign/model/messages.ts';
import type { RunOutcome } from '../../campaign/model/run-outcome.ts';
import type { RunSpec } from '../../campaign/model/run-spec.ts';
import { runKeyOf } from '../../ids.ts';
import { resultObjects, runObjects } from '../../object-keys.ts';
import type { LedgerRecord, RunEvidence } from '../record.ts';
import { costFault } from './cost-fault.ts';
import type { CheckedObjects } from './checked-objects.ts';
import { verifyLate } from './verify-late.ts';
import { worstCostMicroUsd } from '../../campaign/model/money.ts';

/** A run of a record, and where its objects are. */
export interface RecordedRun {
  runs: string;
  results: string;
  frozen: FrozenCampaign;
  record: LedgerRecord;
  run: RunRecord;
  /** The keys of all objects in the runs bucket. */
  present: ReadonlySet<string>;
  /** Read the log; else only look whether it is there. */
  outputs: boolean;
}

/** Checks the objects of a run, but not its predictions; returns its outcome. */
export async function verifyRun(objects: CheckedObjects, recorded: RecordedRun): Promise<RunOutcome | undefined> {
  const { record, run, runs: bucket } = recorded;
  const runKey = runKeyOf(record.campaign, record.submission, run.n);
  verifyCost(objects, recorded);
  const evidence = record.evidence?.runs[run.n];
  if (evidence === undefined)
    objects.findings.note('the specs, claims and outcomes of runs of an older Holdout, by their digests');
  const spec = await verifyOne<RunSpec>(objects, recorded, 'spec', evidence);
  await verifyOne(objects, recorded, 'claim', evidence);
  await verifyOne(objects, recorded, 'trouble', evidence);
  const outcome = await verifyOne<RunOutcome>(objects, recorded, 'outcome', evidence);
  const fault = spec && specFault(spec, recorded, runKey);
  if (fault !== undefined) objects.findings.fault(bucket, runObjects.spec(runKey), fault);
  // A late one was compared already.
  if (outcome && outcome.runKey !== runKey && evidence?.outcome !== undefined) {
    objects.findings.fault(bucket, runObjects.outcome(runKey), `\`runKey\` is not ${runKey}`);
  }
  await verifyLog(objects, recorded, outcome, runKey);
  return outcome;
}

/** One object of the run; its content if it is JSON. */
async function verifyOne<T extends { runKey?: string }>(
  objects: CheckedObjects,
  { record, run, runs: bucket, present }: RecordedRun,
  object: 'spec' | 'claim' | 'outcome' | 'trouble',
  evidence: RunEvidence | undefined,
): Promise<T | undefined> {
  const digest = evidence?.[object];
  const runKey = runKeyOf(record.campaign, record.submission, run.n);
  const key = runObjects[object](runKey);
  if (digest === undefined && !present.has(key)) return undefined;
  if (digest === undefined && evidence !== undefined && object !== 'spec')
    return verifyLate<T>(objects, bucket, { runKey, object, recorded: 'the round' });
  const expected = digest === undefined ? {} : { digest: { sha256: digest, namedBy: ledgerKey(record) } };
  if (object === 'claim') {
    await objects.read(bucket, key, expected);
    return undefined;
  }
  return (await objects.readJson<T>(bucket, key, expected))?.value;
}

function specFault(
  { runKey, purpose, instanceClass, inputs, image }: RunSpec,
  { frozen, record, run }: RecordedRun,
  expectedKey: string,
): string | undefined {
  if (runKey !== expectedKey) return `\`runKey\` is not ${expectedKey}`;
  if (purpose !== run.purpose) return `\`purpose\` is not ${run.purpose}, as the ledger says`;
  if (instanceClass.name !== run.class) return `\`instanceClass\` is not ${run.class}, as the ledger says`;
  const set = purpose === 'probe' ? frozen.sampleSet : frozen.testSet;
  if (inputs.digest !== set?.digest) return '`inputs` are not those of campaign.json';
  const differs = record.image !== null && image.digest !== record.image;
  return differs ? '`image` is not the one that the ledger names' : undefined;
}

/** The price follows from the billed seconds. */
function verifyCost(objects: CheckedObjects, { results, frozen, record, run }: RecordedRun): void {
  const { limits, instanceClasses } = frozen;
  const instanceClass = instanceClasses.find(({ name }) => name === run.class);
  if (instanceClass === undefined) {
    objects.findings.fault(results, ledgerKey(record), `run ${run.n} has an unknown class`);
    return;
  }
  // Facts are known of every run whose job was followed to its end.
  const isUnknown = run.reason !== null && run.facts === undefined;
  const worst = isUnknown ? worstCostMicroUsd(limits, instanceClass, instanceClasses) : undefined;
  const fault = costFault(run, instanceClass, worst);
  if (fault !== undefined)
    objects.findings.fault(results, ledgerKey(record), `\`costMicroUsd\` of run ${run.n} ${fault}`, 'money');
}

async function verifyLog(
  objects: CheckedObjects,
  { record, run, runs: bucket, present, outputs }: RecordedRun,
  outcome: RunOutcome | undefined,
  runKey: string,
): Promise<void> {
  const key = runObjects.log(runKey);
  const { keptBytes: bytes } = outcome?.log ?? {};
  const sha256 = outcome ? outcome.log.sha256 : record.evidence?.runs[run.n]?.left?.log;
  const namedBy = outcome ? 'outcome.json' : ledgerKey(record);
  if (sha256 !== undefined && !outputs) objects.expect(bucket, key, namedBy, present);
  else if (sha256 !== undefined) {
    await objects.stream(bucket, key, { sha256, namedBy, ...(bytes !== undefined && { bytes }) });
  } else if (present.has(key)) {
    objects.findings.explain(bucket, key);
    objects.findings.note('stdout.log of runs without an outcome or of an older Holdout');
  }
}

const ledgerKey = ({ campaign, submission, sequence }: LedgerRecord): string =>
  resultObjects.ledger(campaign, submission, sequence);
