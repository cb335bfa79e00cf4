import { ProgramsUnavailable } from '../debian-programs.ts';
import { postgresPrograms } from './postgres-programs.ts';
import { temporalPrograms } from './temporal-programs.ts';

/** Why the programs of a cluster cannot be had; undefined if they can be, and are there now. */
async function missingBecause(): Promise<string | undefined> {
  try {
    postgresPrograms();
    await temporalPrograms((line) => process.stderr.write(`holdout: ${line}\n`));
    return undefined;
  } catch (error) {
    if (error instanceof ProgramsUnavailable) return error.message;
    throw error;
  }
}

const missing = await missingBecause();

/** Tests that need a {@link TemporalCluster}; skipped with the reason where its programs cannot be had. */
export function describeWithCluster(title: string, body: (this: Mocha.Suite) => void): void {
  if (missing === undefined) describe(title, body);
  else describe.skip(`${title} (${missing})`, body);
}
