import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../../src/local/project-root.ts';

/** A folder with the programs of a stack whose worker reaches Batch at this address. */
export const programsWithBatchAt = (url: string): string => programsWithWorkerIn({ AWS_ENDPOINT_URL_BATCH: url });

/** The same for any variables of the worker and of the scorer. `code`: a module's beginning that they run first. */
export function programsWithWorkerIn(environment: Record<string, string>, code = ''): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-programs-'));
  for (const name of ['worker', 'runner', 'batch-endpoint', 'codec-server']) {
    const real = pathToFileURL(join(projectRoot(), 'dist', `${name}.mjs`)).href;
    const changes = name === 'worker' ? `${code}Object.assign(process.env, ${JSON.stringify(environment)});\n` : '';
    writeFileSync(join(folder, `${name}.mjs`), `${changes}await import(${JSON.stringify(real)});\n`);
  }
  return folder;
}
