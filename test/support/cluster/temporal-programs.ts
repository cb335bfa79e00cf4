import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lock } from '../../../src/local/file-lock.ts';
import { ToolCache } from '../../../src/local/tools/cache.ts';
import { lastLines, runCommand } from '../../../src/run-command.ts';
import { ProgramsUnavailable } from '../debian-programs.ts';

/** Of the Temporal server that stores its state in PostgreSQL; newer than the one inside the Temporal CLI. */
export const clusterServerVersion = '1.32.1';

const packages = ['cmd/server', 'cmd/tools/sql'].map(
  (path) => `go.temporal.io/server/${path}@v${clusterServerVersion}`,
);

export interface TemporalPrograms {
  /** The server. */
  server: string;
  /** The tool that makes its databases; it contains their schemas. */
  sql: string;
}

/**
 * The programs of a Temporal cluster, built with Go into the per-user cache: once per version, about 7 minutes on two cores. If
 * two processes need them at once, one waits. Throws {@link ProgramsUnavailable} with Go's reason.
 */
export async function temporalPrograms(report: (line: string) => void): Promise<TemporalPrograms> {
  const folder = new ToolCache().program('temporal-cluster', clusterServerVersion);
  const programs = { server: join(folder, 'server'), sql: join(folder, 'sql') };
  if (existsSync(folder)) return programs;
  const release = await lock(`${folder}.lock`, ({ pid }) =>
    report(`waiting for process ${pid}, which builds Temporal`),
  );
  try {
    if (!existsSync(folder)) await build(folder, report);
    return programs;
  } finally {
    release();
  }
}

async function build(folder: string, report: (line: string) => void): Promise<void> {
  report(`building the Temporal server ${clusterServerVersion} with Go (once, about 7 minutes)`);
  // Beside its final place, so that the rename stays on one file system.
  const partial = mkdtempSync(join(dirname(folder), 'temporal-cluster-build-'));
  try {
    const env = { ...process.env, GOBIN: partial, CGO_ENABLED: '0' };
    const { status, stderr } = await runCommand('go', ['install', ...packages], { env });
    if (status === null) throw new ProgramsUnavailable('Go is not installed');
    if (status !== 0) throw new ProgramsUnavailable(`Go cannot build the Temporal server: ${lastLines(stderr, 1)}`);
    renameSync(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}
