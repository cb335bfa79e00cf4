import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { InputIndex } from '../../src/campaign/model/frozen-campaign.ts';
import { HoldoutError } from '../../src/errors.ts';
import { uploadInputs } from '../../src/intake/upload-inputs.ts';
import { countInputs, inputsIn } from '../../src/intake/input-files.ts';
import { sortNames } from '../../src/intake/input-names.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import { ownerAccount, type S3Server, startS3Server } from '../support/servers/s3-server.ts';

const composed = '\u00E9.mp4';
const decomposed = 'e\u0301.mp4';
const hidden = [
  '.DS_Store',
  '._a.mp4',
  'Thumbs.db',
  'desktop.ini',
  '.git/config',
  '.ipynb_checkpoints/a-checkpoint.ipynb',
  '__MACOSX/._a.mp4',
  'sub/.DS_Store',
  'sub/$RECYCLE.BIN/x',
];

describe('the inputs of a folder', () => {
  const root = mkdtempSync(join(tmpdir(), 'inputs-'));
  let written = 0;
  after(() => rmSync(root, { recursive: true }));

  function folderOf(...names: string[]): string {
    const folder = join(root, String((written += 1)));
    for (const name of names) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), name);
    }
    return folder;
  }

  it('are its files and those of its sub-folders, in the order of their paths', async () => {
    const folder = folderOf('b.mp4', 'a/2.mp4', 'a/b/c/1.mp4', 'a.mp4', 'with blank, comma "quote".mp4');
    const { names, ...rest } = await inputsIn(folder);
    assert.deepEqual(names, ['a.mp4', 'a/2.mp4', 'a/b/c/1.mp4', 'b.mp4', 'with blank, comma "quote".mp4']);
    assert.deepEqual(rest, { hidden: [], faults: [] });
    assert.equal(await countInputs(folder), 5);
  });

  it('are named when they vanish before they are counted', async () => {
    const folder = folderOf('a.mp4');
    rmSync(folder, { recursive: true });
    await assert.rejects(countInputs(folder), { code: 'HAND_IN_CHANGED' });
  });

  it('exclude hidden files that systems and tools leave', async () => {
    const found = await inputsIn(folderOf('a.mp4', 'sub/b.mp4', ...hidden));
    assert.deepEqual(found.names, ['a.mp4', 'sub/b.mp4']);
    assert.deepEqual(found.faults, []);
    assert.deepEqual(
      found.hidden,
      hidden
        .map((name) => name.replace(/^((?:sub\/)?(?:\.git|\.ipynb_checkpoints|__MACOSX|\$RECYCLE\.BIN)\/).*/, '$1'))
        .sort(),
    );
    assert.deepEqual(sortNames(['a.mp4', ...hidden]), { names: ['a.mp4'], hidden: [...hidden].sort(), faults: [] });
  });

  it('exclude links, pipes and sockets', async () => {
    const folder = folderOf('a.mp4', 'sub/b.mp4');
    symlinkSync('/etc/hostname', join(folder, 'file-link'));
    symlinkSync('/etc', join(folder, 'sub/folder-link'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    assert.deepEqual((await inputsIn(folder)).faults, [
      'the input "file-link" is a symbolic link, must be a file',
      'the input "pipe" is a device, pipe or socket, must be a file',
      'the input "sub/folder-link" is a symbolic link, must be a file',
    ]);
  });

  it('have printable, unambiguous names', async () => {
    const folder = folderOf('two\nlines.mp4', ' before.mp4', 'after.mp4 ', `sub/${composed}`, `sub/${decomposed}`);
    assert.deepEqual((await inputsIn(folder)).faults, [
      'the input " before.mp4" has a name that begins or ends with whitespace',
      'the input "after.mp4 " has a name that begins or ends with whitespace',
      'the input "two\\u{000a}lines.mp4" has an unprintable name',
      `two inputs have the same name "sub/${composed}" in Unicode NFC`,
    ]);
  });

  it('are not nested too deep', async () => {
    const deep = (folders: number): string => `${'d/'.repeat(folders)}x.mp4`;
    assert.deepEqual((await inputsIn(folderOf(deep(16)))).names, [deep(16)]);
    const { names, faults } = await inputsIn(folderOf(deep(17)));
    assert.deepEqual(names, []);
    assert.deepEqual(faults, [`the folder "${'d/'.repeat(16)}d" is nested more than 16 folders deep`]);
    assert.deepEqual(sortNames([deep(17)]).faults, [`the input "${deep(17)}" is nested more than 16 folders deep`]);
  });

  it('have names in S3 that are valid in a folder', () => {
    const names = [
      '../up.mp4',
      'a/./b.mp4',
      'a//b.mp4',
      '/root.mp4',
      'c',
      'c/d.mp4',
      'tab\t.mp4',
      'n'.repeat(256),
      `${'d'.repeat(200)}/`.repeat(4) + 'x',
    ];
    const { faults } = sortNames(names);
    assert.deepEqual(faults.map((fault) => fault.replace(/^the input ".*?" /, '')).sort(), [
      'has a name that is too long',
      'has a name that is too long',
      'has an unprintable name',
      'is also a folder',
      'is not a path below the folder',
      'is not a path below the folder',
      'is not a path below the folder',
      'is not a path below the folder',
    ]);
  });

  describe('when uploaded', () => {
    let s3: S3Server;
    let store: ObjectStore;
    const reported: string[] = [];
    before(async () => {
      s3 = await startS3Server();
      store = new ObjectStore(
        { s3PathStyle: true },
        {
          endpoint: s3.endpoint,
          region: 'us-east-1',
          credentials: { accessKeyId: ownerAccount, secretAccessKey: 'test-secret' },
        },
      );
    });
    after(() => s3.stop());

    const handedIn = async (folder: Parameters<typeof uploadInputs>[1]): Promise<[string[], string[]]> => {
      reported.length = 0;
      const dependencies = { store, buckets: s3.buckets, report: (line: string) => void reported.push(line) };
      const set = await uploadInputs(dependencies, folder, { campaign: 'c', kind: 'testset' });
      const index = await store.readJson<InputIndex>(s3.buckets.inputs, set.indexKey);
      for (const { name } of index.files) {
        assert.equal((await store.read(set.files.bucket, `${set.files.prefix}${name}`)).toString(), name);
      }
      assert.equal(set.items, index.files.length);
      return [index.files.map(({ name }) => name), reported.map((line) => line.replace(/^.*?: /, ''))];
    };
    const skipped = '2 hidden files are skipped: ".DS_Store", "sub/._b.mp4"';

    it('keep their folders, and hidden files are reported', async () => {
      const folder = folderOf('a.mp4', 'sub/deeper/b.mp4', `sub/${decomposed}`, '.DS_Store', 'sub/._b.mp4');
      const names = ['a.mp4', 'sub/deeper/b.mp4', `sub/${decomposed}`];
      assert.deepEqual(await handedIn({ kind: 'local', path: folder }), [names, [skipped]]);
    });

    it('stay in place in S3', async () => {
      for (const name of ['a.mp4', 'sub/b.mp4', '.DS_Store', 'sub/._b.mp4']) {
        await store.write(s3.buckets.inputs, `set/${name}`, name);
      }
      const place = { kind: 's3', bucket: s3.buckets.inputs, key: 'set/' } as const;
      assert.deepEqual(await handedIn(place), [['a.mp4', 'sub/b.mp4'], [skipped]]);
      await store.write(s3.buckets.inputs, `set/two\nlines.mp4`, 'x');
      await assert.rejects(handedIn(place), (error) => {
        assert.ok(error instanceof HoldoutError && error.code === 'INPUTS_UNFIT' && error.source === 'user');
        assert.match(
          error.message,
          /s3:\/\/.*\/set\/ cannot be used: the input "two\\u\{000a\}lines\.mp4" has an unprintable name/,
        );
        return true;
      });
    });
  });
});
