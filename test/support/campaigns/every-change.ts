import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { RecordFault } from '../../../src/ledger/verification/findings.ts';
import { verifyCampaign } from '../../../src/ledger/verification/verify-campaign.ts';
import { SealKeys } from '../../../src/sealing/seal-keys.ts';
import { bucketsOf } from '../../../src/settings.ts';
import type { RecordCopy } from './record-copy.ts';

interface Change {
  what: string;
  /** `<bucket>/<key>` of each changed object. */
  names: [string, ...string[]];
  changed: RecordCopy;
}

/** The only change that docs/verification.md names as out of scope. */
const isOutOfScope = ({ what, names }: Change): boolean =>
  what === 'removed' && /\/work\/[0-9a-f]+\.json$/.test(names[0]);

const faultsIn = async (copy: RecordCopy, campaign: string, sealKeysFolder?: string): Promise<RecordFault[]> => {
  const [buckets, sealKeys] = [bucketsOf({ bucketPrefix: '' }), new SealKeys(sealKeysFolder)];
  return (await verifyCampaign(copy, { campaign, buckets, inputs: true, outputs: true, sealKeys })).faults;
};

/**
 * Flips random bits of a random byte of every object of a campaign, `times` each, and asserts that `verify` names the object;
 * a failure prints the seed with which the same bytes are flipped again. Returns the number of objects with a byte.
 */
export async function findsAnyFlippedByte(
  copy: RecordCopy,
  campaign: string,
  { times, sealKeysFolder }: { times: number; sealKeysFolder?: string },
): Promise<number> {
  assert.deepEqual(await faultsIn(copy, campaign, sealKeysFolder), [], 'the unchanged record is intact');
  const objects = copy.all(campaign).filter(([, body]) => body.length > 0);
  for (const [name, body] of objects) {
    const flip = fc.asyncProperty(
      fc.nat({ max: body.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      async (byte, bits) => {
        const changed = copy.with({ [name]: flipped(body, byte, bits) });
        const faults = await faultsIn(changed, campaign, sealKeysFolder);
        assert.ok(isNamed(faults, name), `byte ${byte} of ${name}: found ${JSON.stringify(faults.slice(0, 2))}`);
      },
    );
    await fc.assert(flip, { numRuns: times });
  }
  return objects.length;
}

/** Changes every object of a campaign in many ways and asserts that `verify` finds each; returns their number. */
export async function findsEveryChange(copy: RecordCopy, campaign: string, sealKeysFolder?: string): Promise<number> {
  assert.deepEqual(await faultsIn(copy, campaign, sealKeysFolder), [], 'the unchanged record is intact');
  const missed: string[] = [];
  let tried = 0;
  for (const change of everyChange(copy, campaign)) {
    if (isOutOfScope(change)) continue;
    tried += 1;
    const faults = await faultsIn(change.changed, campaign, sealKeysFolder);
    if (!change.names.some((name) => isNamed(faults, name)))
      missed.push(`${change.what}: ${change.names.join()}, found ${JSON.stringify(faults.slice(0, 2))}`);
  }
  assert.deepEqual(missed, [], 'changes that verify does not find, or finds in another object');
  return tried;
}

/** The object itself, or the one that names its digest: the next record of its chain, or the newest record by heads.json. */
function isNamed(faults: readonly RecordFault[], name: string): boolean {
  const successor = name.replace(/(\d+)\.json$/, (_, n: string) => `${Number(n) + 1}.json`);
  const isHeads = name.endsWith('/heads.json');
  return faults.some(
    ({ bucket, key, what }) =>
      [name, successor].includes(`${bucket}/${key}`) || (isHeads && what.includes('heads.json')),
  );
}

function* everyChange(copy: RecordCopy, campaign: string): Generator<Change> {
  const all = copy.all(campaign);
  for (const [index, [name, body]] of all.entries()) {
    const to = (what: string, changed: Buffer | undefined): Change => ({
      what,
      names: [name],
      changed: copy.with({ [name]: changed }),
    });
    for (const [place, byte] of positions(body, index)) yield to(`${place} byte`, flipped(body, byte, 1 + (index % 7)));
    yield to('removed', undefined);
    yield to('one byte more', Buffer.concat([body, Buffer.from(' ')]));
    if (body.length > 0) yield to('cut', body.subarray(0, -1));
    if (body.length > 1) yield to('emptied', Buffer.alloc(0));
    const other = all[(index + 1) % all.length];
    if (other && !other[1].equals(body)) {
      yield { what: 'swapped', names: [name, other[0]], changed: copy.with({ [name]: other[1], [other[0]]: body }) };
    }
    if (/^holdout-(runs|results)/.test(name)) {
      const extra = `${name}.new`;
      yield { what: 'added', names: [extra], changed: copy.with({ [extra]: body }) };
    }
  }
}

function positions(body: Buffer, index: number): [place: string, byte: number][] {
  if (body.length === 0) return [];
  const some = (index * 2_654_435_761) % body.length;
  return [
    ['first', 0],
    ['middle', body.length >> 1],
    ['last', body.length - 1],
    ['some', some],
    ['a third', Math.floor(body.length / 3)],
  ];
}

function flipped(body: Buffer, byte: number, bits: number): Buffer {
  const changed = Buffer.from(body);
  changed[byte] = (changed[byte] ?? 0) ^ bits;
  return changed;
}
