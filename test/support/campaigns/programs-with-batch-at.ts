import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../../src/local/project-root.ts';

/** A folder with the programs of a stack whose worker reaches Batch at this address. */
export function programsWithBatchAt(url: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-programs-'));
  for (const name of ['worker', 'runner', 'batch-endpoint', 'codec-server']) {
    const real = pathToFileURL(join(projectRoot(), 'dist', `${name}.mjs`)).href;
    const address = name === 'worker' ? `process.env.AWS_ENDPOINT_URL_BATCH = ${JSON.stringify(url)};\n` : '';
    writeFileSync(join(folder, `${name}.mjs`), `${address}await import(${JSON.stringify(real)});\n`);
  }
  return folder;
}
