import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { openStream, sealBytes, sealStream } from '../../src/sealing/age.ts';
import { makeSealKey, SealKeys } from '../../src/sealing/seal-keys.ts';
import { loadSettings } from '../../src/settings.ts';
import { debianPrograms, ProgramsUnavailable } from '../support/debian-programs.ts';

function ageProgram(): { kind: 'present'; folder: string } | { kind: 'absent'; why: string } {
  try {
    return { kind: 'present', folder: join(debianPrograms('age', ['age']), 'usr/bin') };
  } catch (error) {
    if (error instanceof ProgramsUnavailable) return { kind: 'absent', why: error.message };
    throw error;
  }
}

const found = ageProgram();
const skipped = found.kind === 'absent' ? ` (skipped: ${found.why})` : '';

/** Around the chunks of 64 KiB, and a large file. */
const sizes = [0, 1, 65_536, 65_537, 10_000_000];

describe(`sealed objects, judged by the program age${skipped}`, function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'age-'));
  const [file, identities] = [join(folder, 'file'), join(folder, 'keys')];
  let recipient: string;
  before(async function () {
    if (found.kind === 'absent') return this.skip();
    recipient = await makeSealKey(identities, 'campaign');
  });
  after(() => rmSync(folder, { recursive: true }));

  const run = (program: string, ...args: string[]): Buffer =>
    execFileSync(join(found.kind === 'present' ? found.folder : '', program), args, { maxBuffer: 2 ** 28 });
  const plainOf = (size: number): Buffer => Buffer.alloc(size, 'filename,label\n');

  for (const size of sizes) {
    it(`of ${size} bytes are opened by age with the identity file of the first start`, async () => {
      const sealed = [
        await sealBytes(recipient, plainOf(size)),
        await buffer(await sealStream(recipient, Readable.from([plainOf(size)]))),
      ];
      for (const body of sealed) {
        writeFileSync(file, body);
        const opened = run('age', '--decrypt', '--identity', join(identities, 'campaign.txt'), file);
        assert.ok(opened.equals(plainOf(size)), `${opened.length} bytes`);
      }
    });

    it(`of ${size} bytes that age sealed are opened by the scorer’s code`, async () => {
      writeFileSync(file, plainOf(size));
      const sealed = Readable.from([run('age', '--encrypt', '--recipient', recipient, file)]);
      const identity = await new SealKeys(identities).identityFor({ campaign: 'campaign', recipient });
      const opened = await buffer(openStream({ identity, sealed, bucket: 'b', key: 'k' }));
      assert.ok(opened.equals(plainOf(size)), `${opened.length} bytes`);
    });
  }

  it('of which a byte was changed, or that are for another campaign, are refused by age too', async () => {
    const sealed = await sealBytes(recipient, plainOf(100));
    sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
    const other = await sealBytes(await makeSealKey(identities, 'other'), plainOf(100));
    for (const body of [sealed, other]) {
      writeFileSync(file, body);
      const program = join(found.kind === 'present' ? found.folder : '', 'age');
      const ended = spawnSync(program, ['--decrypt', '--identity', join(identities, 'campaign.txt'), file]);
      assert.equal(ended.status, 1, ended.stderr.toString());
    }
  });

  it('can be for a key of age-keygen: its public key is accepted, and its file is an identity', async () => {
    const made = join(identities, 'competition.txt');
    run('age-keygen', '--output', made);
    const given = /^# public key: (.*)$/m.exec(readFileSync(made, 'utf8'))?.[1] ?? '';
    const { sealRecipient } = loadSettings({ HOLDOUT_SEAL_RECIPIENT: given });
    assert.equal(sealRecipient, given);
    assert.match(await new SealKeys(identities).identityFor({ campaign: 'c', recipient: given }), /^AGE-SECRET-KEY-1/);
  });
});
