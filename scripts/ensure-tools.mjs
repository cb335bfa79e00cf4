// Finds or installs the programs that the tests start.

/**
 * Ends this process with the reason if a program cannot be had.
 *
 * @param {string} scratch a folder for temporary files
 */
export async function ensureTools(scratch) {
  const { tsImport } = await import('tsx/esm/api');
  /** @type {typeof import('../test/ensure-tools.ts')} */
  const tools = await tsImport('../test/ensure-tools.ts', import.meta.url);
  try {
    await tools.ensureTools(scratch, (line) => process.stderr.write(`holdout: ${line}\n`));
  } catch (error) {
    const { message, next = '' } = /** @type {Error & { next?: string }} */ (error);
    process.stderr.write(`holdout: ${message}\n${next}\n`);
    process.exit(1);
  }
}
