import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { messageOf, holdoutError } from '../../errors.ts';
import { lock } from '../file-lock.ts';
import { reportWhile, type ReportLine } from '../report-line.ts';
import { lastLines, runCommand } from '../../run-command.ts';
import { fileIdentity, type ToolCache } from './cache.ts';
import { downloadTool } from './download.ts';
import type { Tool } from './pinned-tools.ts';

/**
 * The path of a program: cached, else downloaded, else built with Go. If two processes need it at once, one waits. Throws
 * TOOL_MISSING, which names every failed attempt and the commands to run by hand.
 */
export async function obtainTool(tool: Tool, cache: ToolCache, report: ReportLine): Promise<string> {
  const found = await findTool(tool, cache);
  if (found !== undefined) return found;
  const file = cache.program(tool.name, tool.version);
  const release = await lock(`${file}.lock`, ({ pid }) =>
    report(`waiting for process ${pid}, which is installing ${tool.name}`),
  );
  try {
    return (await findTool(tool, cache)) ?? (await getTool(tool, file, cache, report));
  } finally {
    release();
  }
}

/** The path of the cached program if it passes its check, now or earlier (then this takes milliseconds); else undefined. */
export async function findTool(tool: Tool, cache: ToolCache): Promise<string | undefined> {
  const file = cache.program(tool.name, tool.version);
  const identity = fileIdentity(file);
  if (identity === undefined) return undefined;
  if (cache.recall<string>(file, identity) === tool.version) return file;
  if (!(await isRightProgram(tool, file))) return undefined;
  cache.remember(file, identity, tool.version);
  return file;
}

/** Runs the program once: detects a truncated file and a wrong platform or version. */
async function isRightProgram(tool: Tool, file: string): Promise<boolean> {
  const { status, stdout } = await runCommand(file, ['--version'], { timeout: 20_000 });
  return status === 0 && tool.proof.test(stdout);
}

async function getTool(tool: Tool, file: string, cache: ToolCache, report: ReportLine): Promise<string> {
  clearBrokenAttempts(file);
  const tried: string[] = [];
  for (const source of sourcesOf(tool)) {
    // In the cache's folder, so that the final rename stays on one file system.
    const folder = mkdtempSync(attemptPrefix(file));
    try {
      const program = await reportWhile(report, source.progress, () => source.get(folder));
      chmodSync(program, 0o755);
      if (!(await isRightProgram(tool, program))) throw new Error(`the program is not ${tool.name} ${tool.version}`);
      renameSync(program, file);
      return (await findTool(tool, cache)) ?? file;
    } catch (error) {
      tried.push(`${source.name}: ${causeOf(error)}`);
      report(`${source.name} failed: ${causeOf(error)}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  throw holdoutError('TOOL_MISSING', {
    tool: `${tool.name} ${tool.version}`,
    tried,
    byHand: commandsByHand(tool, file),
  });
}

/** Commands that install the program; any one of them is enough. */
export function commandsByHand({ name, archives, goPackage }: Tool, file: string): string[] {
  const word = shellWord(file);
  return [
    `GOBIN=/tmp go install ${goPackage} && mv /tmp/${name} ${word}`,
    ...archives.map(({ url }) => `curl -fsSL '${url}' | tar -xzO --wildcards '*${name}' > ${word} && chmod +x ${word}`),
  ];
}

/** A path as one word of a shell command, quoted if necessary. */
export const shellWord = (path: string): string =>
  /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;

/** `get` puts the program into an empty folder and returns its path. */
function sourcesOf(tool: Tool) {
  return [
    ...tool.archives.map((archive) => ({
      name: `download from ${new URL(archive.url).host}`,
      progress: `downloading ${tool.name} ${tool.version}, the ${tool.what}, from ${new URL(archive.url).host} (once)`,
      get: (folder: string) => downloadTool(tool, archive, folder),
    })),
    {
      name: 'go install',
      progress: `building ${tool.name} ${tool.version}, the ${tool.what}, with Go (once, ${tool.buildTakes})`,
      get: (folder: string) => buildTool(tool, folder),
    },
  ];
}

async function buildTool(tool: Tool, folder: string): Promise<string> {
  const env = { ...process.env, GOBIN: folder, CGO_ENABLED: '0' };
  const built = await runCommand('go', ['install', tool.goPackage], { env });
  if (built.status === null) throw new Error('Go is not installed (https://go.dev/dl/)');
  if (built.status !== 0) throw new Error(lastLines(built.stderr));
  return join(folder, tool.name);
}

const attemptPrefix = (file: string): string => join(dirname(file), `.${basename(file)}-`);

/** Removes the temporary folders of killed processes. Call it only while holding the lock. */
function clearBrokenAttempts(file: string): void {
  const prefix = basename(attemptPrefix(file));
  for (const name of readdirSync(dirname(file))) {
    if (name.startsWith(prefix)) rmSync(join(dirname(file), name), { recursive: true, force: true });
  }
}

/** An error's message with its cause: `fetch failed` alone does not name the host. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${messageOf(error)}${cause}`;
}
