import { existsSync } from 'node:fs';
import { holdoutError } from '../../errors.ts';
import { reportWhile, type ReportLine } from '../report-line.ts';
import { lastLines, runCommand } from '../../run-command.ts';
import { which } from './find-engine.ts';

/** The shell command that installs packages, also shown to users. */
export const installCommand = (packages: readonly string[]): string =>
  `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;

/** The packages of those programs that are not on PATH; `packages` has the Debian package of each. */
export const missingPackages = (packages: Readonly<Record<string, string>>): string[] =>
  Object.keys(packages).flatMap((program) => (which(program) === undefined ? (packages[program] ?? []) : []));

/**
 * Installs packages if this is Debian or Ubuntu, unless HOLDOUT_INSTALL=0. Throws PROGRAM_MISSING with the command to run by
 * hand.
 */
export async function installPackages(packages: string[], report: ReportLine): Promise<void> {
  const command = installCommand(packages);
  const canInstall = existsSync('/etc/debian_version') && which('apt-get') !== undefined;
  if (!canInstall || process.env['HOLDOUT_INSTALL'] === '0')
    throw holdoutError('PROGRAM_MISSING', { programs: packages, command });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another command, or the machine's own updates, may hold the lock.
  const waitingCommand = command.replaceAll('apt-get ', 'apt-get -o DPkg::Lock::Timeout=300 ');
  const result = await reportWhile(
    report,
    `installing ${packages.join(', ')} with apt-get (once, about a minute)`,
    () => runCommand('sh', ['-c', waitingCommand], { env }),
  );
  if (result.status !== 0) {
    throw holdoutError('PROGRAM_MISSING', { programs: packages, command, failure: lastLines(result.stderr) });
  }
}
