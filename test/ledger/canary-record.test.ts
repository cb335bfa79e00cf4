import assert from 'node:assert/strict';
import { simulatedCanary } from '../../src/campaign/simulation/simulated-canary.ts';
import type { CanarySpec } from '../../src/campaign/model/canaries/canary.ts';
import { costMicroUsd } from '../../src/campaign/model/money.ts';
import { worstCanaryMicroUsd } from '../../src/campaign/model/canaries/canary-limits.ts';
import { specClassOf } from '../../src/campaign/model/run-spec.ts';
import { canaryMember, runKeyOf } from '../../src/ids.ts';
import type { CanaryRecord } from '../../src/ledger/canary-records.ts';
import { Findings, type RecordFault } from '../../src/ledger/verification/findings.ts';
import { CheckedObjects } from '../../src/ledger/verification/checked-objects.ts';
import { verifyCanaries } from '../../src/ledger/verification/verify-canaries.ts';
import { bucketsOf } from '../../src/settings.ts';
import { sha256 } from '../../src/sha256.ts';
import { frozenCampaign } from '../support/campaigns/frozen-campaign.ts';
import { RecordCopy } from '../support/campaigns/record-copy.ts';

const buckets = bucketsOf({ bucketPrefix: '' });
const frozen = frozenCampaign();
const [g4] = frozen.instanceClasses;
assert.ok(g4);
const runKey = runKeyOf('case', canaryMember('g4'), 1);
const recordKey = 'case/canaries/g4/1.json';

const body = (value: object): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
const limits = { wallClockSeconds: 60, memoryMiB: 256, pids: 64, outputBytes: 1, sharedMemoryMiB: 64 };
const spec: CanarySpec = { version: 1, runKey, purpose: 'canary', instanceClass: specClassOf(g4), limits };
const outcome = simulatedCanary(spec, 'job', { startedAt: 0, stoppedAt: 5_000 });
const objects = { spec: body(spec), claim: Buffer.from('job'), outcome: body(outcome) };
const record: CanaryRecord = {
  version: 1,
  campaign: 'case',
  class: 'g4',
  n: 1,
  jobId: 'job',
  verdict: { kind: 'holds' },
  billedSeconds: 5,
  costMicroUsd: costMicroUsd(5, g4.microUsdPerHour),
  evidence: { spec: sha256(objects.spec), claim: sha256(objects.claim), outcome: sha256(objects.outcome) },
};

const names = {
  spec: `${buckets.runs}/${runKey}/spec.json`,
  claim: `${buckets.runs}/${runKey}/claim`,
  outcome: `${buckets.runs}/${runKey}/outcome.json`,
};

const copyWith = (changed: CanaryRecord): RecordCopy =>
  new RecordCopy(
    new Map([
      [`${buckets.results}/${recordKey}`, body(changed)],
      [names.spec, objects.spec],
      [names.claim, objects.claim],
      [names.outcome, objects.outcome],
    ]),
  );

/** What is found before anything was published. */
async function faultsIn(copy: RecordCopy): Promise<RecordFault[]> {
  const findings = new Findings();
  const given = {
    frozen,
    keys: {
      results: [recordKey],
      runs: new Set(['spec.json', 'claim', 'outcome.json'].map((name) => `${runKey}/${name}`)),
    },
    heads: undefined,
  };
  await verifyCanaries(new CheckedObjects(copy, findings), buckets, given);
  return findings.faults;
}

describe('the record of a canary that was not published yet', () => {
  it('is intact as Holdout wrote it, also without an outcome', async () => {
    assert.deepEqual(await faultsIn(copyWith(record)), []);
    const verdict = { kind: 'no-outcome', reason: 'platform-error', cause: 'lost' } as const;
    assert.deepEqual(await faultsIn(copyWith({ ...record, verdict })), []);
    // Older versions booked the worst case of an unknown time without its seconds.
    const worst = { billedSeconds: 0, costMicroUsd: worstCanaryMicroUsd(g4) };
    assert.deepEqual(await faultsIn(copyWith({ ...record, verdict, ...worst })), []);
    assert.match((await faultsIn(copyWith({ ...record, ...worst })))[0]?.what ?? 'no fault', /`costMicroUsd` is not 0/);
  });

  it('is intact with the worst case that an older version recorded without its seconds, and with no other cost', async () => {
    const verdict = { kind: 'no-outcome', reason: 'cancelled', cause: 'left behind' } as const;
    const lost = { ...record, verdict, billedSeconds: 0, costMicroUsd: worstCanaryMicroUsd(g4) };
    assert.deepEqual(await faultsIn(copyWith(lost)), []);
    for (const wrong of [
      { ...lost, costMicroUsd: lost.costMicroUsd + 1 },
      { ...lost, verdict: record.verdict },
    ]) {
      const [fault] = await faultsIn(copyWith(wrong));
      assert.match(fault?.what ?? 'no fault', /`costMicroUsd` is not 0/);
    }
  });

  for (const object of ['spec', 'claim', 'outcome'] as const) {
    it(`shows every changed byte of its ${object}`, async () => {
      const intact = objects[object];
      for (let byte = 0; byte < intact.length; byte += 1) {
        const changed = Buffer.from(intact);
        changed[byte] = (changed[byte] ?? 0) ^ 1;
        const [fault] = await faultsIn(copyWith(record).with({ [names[object]]: changed }));
        assert.ok(fault, `byte ${byte} of ${intact.length} was changed unnoticed`);
        assert.equal(`${fault.bucket}/${fault.key}`, names[object]);
      }
      const [missing] = await faultsIn(copyWith(record).with({ [names[object]]: undefined }));
      assert.match(missing?.what ?? '', /missing/);
    });
  }

  const changes: [what: string, changed: CanaryRecord, says: RegExp][] = [
    ['verdict', { ...record, verdict: { kind: 'broken', words: 'network' } }, /`verdict` is not holds/],
    ['cost', { ...record, costMicroUsd: 1 }, /`costMicroUsd` is not 731/],
    ['time', { ...record, billedSeconds: 4 }, /`costMicroUsd` is not 585/],
    ['class', { ...record, class: 'p3' }, /belongs to another canary/],
    ['number', { ...record, n: 2 }, /belongs to another canary/],
  ];
  for (const [what, changed, says] of changes) {
    it(`shows a changed ${what}`, async () => {
      const faults = await faultsIn(copyWith(changed));
      const fault = faults.find(({ key }) => key === recordKey);
      assert.match(fault?.what ?? 'no fault', says);
    });
  }

  it('shows an outcome in which a control did not hold, under a verdict that it holds', async () => {
    const controls = outcome.controls.map((one, index) => (index === 0 ? { ...one, holds: false } : one));
    const other = body({ ...outcome, controls });
    const forged = { ...record, evidence: { ...record.evidence, outcome: sha256(other) } };
    const [fault] = await faultsIn(copyWith(forged).with({ [names.outcome]: other }));
    assert.match(fault?.what ?? 'no fault', /`verdict` is not broken/);
  });
});
