import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkImageTools } from '../../src/worker/check-image-tools.ts';

describe('what a worker needs to copy images', () => {
  const folder = mkdtempSync(join(tmpdir(), 'image-tools-'));
  after(() => rmSync(folder, { recursive: true }));

  it('is there: skopeo, and a folder that exists or can be made; nothing is left in it', async () => {
    const missing = join(folder, 'not', 'yet');
    for (const one of [folder, missing]) await checkImageTools(one);
    assert.deepEqual([readdirSync(folder), existsSync(missing)], [[], false]);
  });

  it('is named if a folder cannot be written to, whatever stands in the way', async () => {
    writeFileSync(join(folder, 'file'), '');
    for (const unfit of [join(folder, 'file'), join(folder, 'file', 'below'), '/proc/none']) {
      await assert.rejects(
        checkImageTools(unfit),
        {
          code: 'WORKER_UNREADY',
          message: /^This worker lacks a folder for images .*; it takes no tasks\. Who acts: the operator\.$/,
        },
        unfit,
      );
    }
  });

  it('is named if skopeo is not installed', async () => {
    const { PATH } = process.env;
    process.env['PATH'] = folder;
    try {
      await assert.rejects(checkImageTools(folder), { code: 'IMAGE_TOOL_MISSING', message: /^skopeo,/ });
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});
