import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { holdoutError } from '../../src/errors.ts';
import { Findings } from '../../src/ledger/verification/findings.ts';
import { CheckedObjects } from '../../src/ledger/verification/checked-objects.ts';
import { sha256 } from '../../src/sha256.ts';

const body = Buffer.from('id,value\n');

describe('an object that verify streams', () => {
  /** What is found of an object with these bytes, of which the record names {@link body}. */
  async function faultsOf(bytes: Buffer, use: () => Promise<void>, few?: { bytes: number }): Promise<string[]> {
    const findings = new Findings();
    const source = {
      async *list() {},
      async *listSizes() {},
      find: () => Promise.resolve(bytes),
      stream: () => Promise.resolve(Readable.from([bytes])),
    };
    const named = { sha256: sha256(body), namedBy: 'outcome.json', ...few };
    await new CheckedObjects(source, findings).stream('b', 'k', named, use);
    return findings.faults.map(({ what }) => what);
  }

  const cannotOpen = (): Promise<void> =>
    Promise.reject(holdoutError('RECORD_CHANGED', { bucket: 'b', key: 'k', what: '' }));

  it('is right with its digest, though it is not read to its end', async () => {
    assert.deepEqual(await faultsOf(body, () => Promise.resolve()), []);
  });

  it('is a fault by its digest, once, whether it opens or not', async () => {
    const changed = Buffer.from('id,other\n');
    for (const use of [() => Promise.resolve(), cannotOpen]) {
      for (const few of [undefined, { bytes: 9 }])
        assert.deepEqual(await faultsOf(changed, use, few), ['its sha256 is not the one in outcome.json']);
    }
  });

  it('is a fault if it has its digest and does not open', async () => {
    for (const few of [undefined, { bytes: 9 }])
      assert.deepEqual(await faultsOf(body, cannotOpen, few), ['it does not open with the identity of the campaign']);
  });

  it('passes on errors that are not about the record', async () => {
    await assert.rejects(
      faultsOf(body, () => Promise.reject(new Error('labels'))),
      /labels/,
    );
  });
});
