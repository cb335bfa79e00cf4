import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Access } from '../../../src/client/access.ts';
import { commandLine } from '../../../src/client/commands/command-line.ts';
import { unseal } from '../../../src/client/unseal/unseal.ts';
import { HoldoutError } from '../../../src/errors.ts';
import { FrozenReader } from '../../../src/ledger/frozen-reader.ts';
import { unsealingsOf } from '../../../src/ledger/chains/unsealings.ts';
import { runObjects } from '../../../src/object-keys.ts';
import type { Bucket, ObjectStore } from '../../../src/s3/object-store.ts';
import { sealBytes } from '../../../src/sealing/age.ts';
import { makeSealKey, SealKeys } from '../../../src/sealing/seal-keys.ts';
import { bucketsOf } from '../../../src/settings.ts';
import { sha256 } from '../../../src/sha256.ts';
import { record, run, StoreRig } from '../../ledger/store-rig.ts';

const campaign = 'sealed';

describe('unseal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'unseal-'));
  const buckets = bucketsOf({ bucketPrefix: '' });
  let rig: StoreRig;
  let seal: string;
  before(async () => {
    rig = await StoreRig.start();
    seal = await makeSealKey(join(folder, 'keys'), campaign);
    await rig.freeze(campaign, { one: ['s', 't'] }, { seal });
  });
  after(async () => {
    await rig.stop();
    rmSync(folder, { recursive: true });
  });

  const put = (key: string, body: string | Buffer): Promise<void> => rig.store.write(buckets.runs, key, body);

  /** A run that printed and predicted this; returns its sealed log. */
  async function runOf(n: number, log: string, predictions: string): Promise<Buffer> {
    const runKey = `${campaign}/s/${n}`;
    const [sealedLog, sealedOutput] = [
      await sealBytes(seal, Buffer.from(log)),
      await sealBytes(seal, Buffer.from(predictions)),
    ];
    await put(runObjects.log(runKey), sealedLog);
    await put(runObjects.predictions(runKey), sealedOutput);
    const collected = { kind: 'collected', sha256: sha256(sealedOutput) };
    await put(
      runObjects.outcome(runKey),
      JSON.stringify({ log: { sha256: sha256(sealedLog) }, predictions: collected }),
    );
    return sealedLog;
  }

  /** What the command shows; with the folder of another's keys, it has no identity. */
  async function opened(
    order: Partial<Parameters<typeof unseal>[1]> = {},
    keys = join(folder, 'keys'),
    results: Bucket = rig,
  ): Promise<string> {
    const access = {
      store: rig.store,
      results,
      buckets,
      frozen: new FrozenReader(rig),
      sealKeys: new SealKeys(keys),
    };
    const shown: string[] = [];
    const output = { say: () => undefined, result: (text: string) => void shown.push(text) };
    const whole = {
      campaign,
      submission: 's',
      n: undefined,
      part: 'log',
      reason: 'why',
      to: undefined,
      ...order,
    } as const;
    await unseal(access as unknown as Access, whole, output);
    return shown.join('\n');
  }

  const acts = async () => (await unsealingsOf(rig, campaign)).links.map(({ n, part, reason }) => [n, part, reason]);

  /** Fails with this code, and records nothing. */
  async function refused(code: string, order: Parameters<typeof opened>[0], keys?: string): Promise<void> {
    const before = await acts();
    await assert.rejects(opened(order, keys), (error: unknown) => {
      assert.equal(error instanceof HoldoutError && error.code, code, String(error));
      return true;
    });
    assert.deepEqual(await acts(), before);
  }

  it('shows the log of the newest run, or the part and run that are asked for, and records it first', async () => {
    await runOf(1, 'first\n', 'a,1\n');
    await runOf(2, 'second\nline\n', 'a,2\n');
    assert.equal(await opened({ reason: 'it fails' }), 'second\nline');
    assert.equal(await opened({ n: 1, part: 'output' }), 'a,1');
    assert.deepEqual(await acts(), [
      [2, 'log', 'it fails'],
      [1, 'output', 'why'],
    ]);
  });

  it('writes every byte into a new file, and into no existing one', async () => {
    const to = join(folder, 'opened');
    await opened({ n: 1, to });
    assert.equal(readFileSync(to, 'utf8'), 'first\n');
    assert.equal(statSync(to).mode & 0o777, 0o600, 'for its owner alone');
    await refused('USAGE', { n: 1, to });
  });

  it('shows the beginning of what is too long for a terminal, and says so', async () => {
    await runOf(3, 'x'.repeat(3 * 2 ** 20), '');
    assert.ok((await opened({ n: 3 })).length < 2 ** 20 + 2_000, 'it is cut');
    const to = join(folder, 'long');
    await opened({ n: 3, to });
    assert.equal(readFileSync(to).length, 3 * 2 ** 20);
  });

  it('shows nothing if it cannot be recorded', async () => {
    await runOf(7, 'seventh\n', '');
    const store = Object.assign(Object.create(rig.store) as ObjectStore, {
      writeIfAbsent: () => Promise.reject(new Error('AccessDenied')),
    });
    const to = join(folder, 'unrecorded');
    await assert.rejects(opened({ n: 7, to }, undefined, { store, bucket: rig.bucket }), /AccessDenied/);
    assert.ok(!existsSync(to), 'nothing was written');
  });

  it('refuses what is not there', async () => {
    await refused('NOTHING_TO_UNSEAL', { submission: 't' });
    await refused('NOTHING_TO_UNSEAL', { n: 9 });
    await refused('SUBMISSION_UNKNOWN', { submission: 'u' });
    await refused('CAMPAIGN_UNKNOWN', { campaign: 'unknown' });
  });

  it('refuses without the identity, or with that of another campaign', async () => {
    await refused('SEAL_KEY_MISSING', { n: 1 }, join(folder, 'nowhere'));
    await makeSealKey(join(folder, 'other-keys'), campaign);
    await refused('SEAL_KEY_MISSING', { n: 1 }, join(folder, 'other-keys'));
  });

  it('refuses an object that was changed, or sealed again by somebody with the recipient', async () => {
    const log = await runOf(4, 'fourth\n', '');
    await put(runObjects.log(`${campaign}/s/4`), await sealBytes(seal, Buffer.from('fourth\n')));
    const to = join(folder, 'never');
    await refused('RECORD_CHANGED', { n: 4, to });
    assert.ok(!existsSync(to), 'nothing was written');
    await put(runObjects.log(`${campaign}/s/4`), log);
    assert.equal(await opened({ n: 4 }), 'fourth');
  });

  it('refuses an object whose outcome is not the one in the ledger', async () => {
    await runOf(5, 'fifth\n', '');
    const outcome = await rig.store.read(buckets.runs, runObjects.outcome(`${campaign}/s/5`));
    const evidence = { campaign: '', runs: { 5: { outcome: sha256(outcome) } } };
    await rig.append(record(campaign, 's', { runs: [run(5)], evidence }));
    assert.equal(await opened({ n: 5 }), 'fifth');
    await put(runObjects.outcome(`${campaign}/s/5`), `${outcome.toString()} `);
    await refused('RECORD_CHANGED', { n: 5 });
  });

  it('opens the log of a run that left no outcome', async () => {
    await put(runObjects.log(`${campaign}/s/6`), await sealBytes(seal, Buffer.from('sixth')));
    assert.equal(await opened({ n: 6 }), 'sixth');
  });

  it('records who reads a campaign from before logs were sealed, too', async () => {
    await rig.freeze('plain', { one: ['s'] });
    await put(runObjects.log('plain/s/1'), 'in plain');
    assert.equal(await opened({ campaign: 'plain' }, join(folder, 'nowhere')), 'in plain');
    assert.equal((await unsealingsOf(rig, 'plain')).links.length, 1);
  });

  it('needs a reason on the command line, before anything is connected', async () => {
    writeFileSync(join(folder, 'none'), '');
    const output = { say: () => {}, result: () => {} };
    for (const args of [[], ['--reason', ' '], ['--reason', 'x', '--log', '--output']]) {
      const line = ['unseal', campaign, 's', ...args];
      const program = await commandLine(line, output, () => {});
      await assert.rejects(program.parseAsync(['node', 'holdout', ...line]), { code: 'USAGE' });
    }
  });
});
