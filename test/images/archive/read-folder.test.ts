import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobFolder } from '../../../src/images/archive/blob-folder.ts';
import { readFolder } from '../../../src/images/archive/read-folder.ts';

describe('the output of skopeo copy', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scan-folder-'));
    await mkdir(join(folder, 'blobs'));
    await writeFile(join(folder, 'manifest.json'), '{}');
    await writeFile(join(folder, 'a'.repeat(64)), 'x'.repeat(100));
  });
  after(() => rm(folder, { recursive: true }));

  const scan = (imageBytes: number) =>
    readFolder(folder, { imageBytes, unpackedBytes: 2 ** 20 }, new BlobFolder(join(folder, 'blobs')));

  it('is read as far as the limit of an image goes, all files together', async () => {
    assert.equal((await scan(102)).files.size, 3);
    await assert.rejects(scan(101), /the image is larger than the 101 bytes allowed/);
  });
});
