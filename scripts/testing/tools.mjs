// What the commands that run tests have in common: packages, bundles and the programs that the tests start.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies, projectRoot } from '../dependencies.mjs';
import { checkNodeVersion } from '../node-version.mjs';

/** Installs the packages. Ends this process with the reason if Node is too old or the packages cannot be installed. */
export function prepare() {
  checkNodeVersion();
  ensureDependencies();
  process.chdir(projectRoot);
}

/**
 * Does work in a temporary folder, which is removed afterwards.
 *
 * @param {(scratch: string) => Promise<void>} work
 */
export async function inScratch(work) {
  const scratch = mkdtempSync(join(tmpdir(), 'holdout-tests-'));
  try {
    await work(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Builds the bundles, and finds or installs the programs that the tests start. Ends this process with the reason if one cannot
 * be had.
 *
 * @param {string} scratch a folder for temporary files
 */
export async function buildAndInstall(scratch) {
  const { build } = await import('../build.mjs');
  await build();
  const { tsImport } = await import('tsx/esm/api');
  /** @type {typeof import('../../test/ensure-tools.ts')} */
  const tools = await tsImport('../../test/ensure-tools.ts', import.meta.url);
  try {
    await tools.ensureTools(scratch, (line) => process.stderr.write(`holdout: ${line}\n`));
  } catch (error) {
    const { message, next = '' } = /** @type {Error & { next?: string }} */ (error);
    process.stderr.write(`holdout: ${message}\n${next}\n`);
    process.exit(1);
  }
}
