import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { messageOf, holdoutError } from '../../errors.ts';
import { lock } from '../file-lock.ts';
import { reportWhile, type ReportLine } from '../report.ts';
import { lastLines, runCommand } from '../../run-command.ts';
import type { ToolCache } from './cache.ts';
import { downloadTool } from './download.ts';
import { findTool, isRightProgram } from './find-tool.ts';
import type { Tool } from './tool.ts';

/**
 * The path of a program: cached, else downloaded, else built with Go. Two processes that need it at once wait for each
 * other. Throws TOOL_MISSING, which names every way that was tried and the one to go by hand.
 */
export async function obtainTool(tool: Tool, cache: ToolCache, report: ReportLine): Promise<string> {
  const found = await findTool(tool, cache);
  if (found !== undefined) return found;
  const file = cache.program(tool.name, tool.version);
  const release = await lock(`${file}.lock`, ({ pid }) =>
    report(`waiting for ${tool.name}: process ${pid} is getting it already`),
  );
  try {
    return (await findTool(tool, cache)) ?? (await getTool(tool, file, cache, report));
  } finally {
    release();
  }
}

async function getTool(tool: Tool, file: string, cache: ToolCache, report: ReportLine): Promise<string> {
  clearBrokenAttempts(file);
  const tried: string[] = [];
  for (const way of waysToGet(tool)) {
    // In the cache's folder, so that the last step is a rename on one file system.
    const folder = mkdtempSync(attemptPrefix(file));
    try {
      const program = await reportWhile(report, way.says, () => way.get(folder));
      chmodSync(program, 0o755);
      if (!(await isRightProgram(tool, program))) throw new Error(`what came is not ${tool.name} ${tool.version}`);
      renameSync(program, file);
      return (await findTool(tool, cache)) ?? file;
    } catch (error) {
      tried.push(`${way.name}: ${causeOf(error)}`);
      report(`${way.name} failed: ${causeOf(error)}`);
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

/** Commands, any of which puts the program where it is looked for. */
export function commandsByHand({ name, archives, goPackage }: Tool, file: string): string[] {
  const word = shellWord(file);
  return [
    `GOBIN=/tmp go install ${goPackage} && mv /tmp/${name} ${word}`,
    ...archives.map(({ url }) => `curl -fsSL '${url}' | tar -xzO --wildcards '*${name}' > ${word} && chmod +x ${word}`),
  ];
}

/** A path as a shell takes it for one word, in quotes where it needs them. */
const shellWord = (path: string): string =>
  /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;

interface WayToGet {
  name: string;
  says: string;
  /** Puts the program into the empty folder and answers its path. */
  get: (folder: string) => Promise<string>;
}

function waysToGet(tool: Tool): WayToGet[] {
  return [
    ...tool.archives.map((archive) => ({
      name: `download from ${new URL(archive.url).host}`,
      says: `downloading ${tool.name} ${tool.version}, the ${tool.what}, from ${new URL(archive.url).host} (once)`,
      get: (folder: string) => downloadTool(tool, archive, folder),
    })),
    {
      name: 'go install',
      says: `building ${tool.name} ${tool.version}, the ${tool.what}, with Go (once, ${tool.buildTakes})`,
      get: (folder) => buildTool(tool, folder),
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

/** Removes what a killed process left; nobody else gets this program while the lock is held. */
function clearBrokenAttempts(file: string): void {
  const prefix = basename(attemptPrefix(file));
  for (const name of readdirSync(dirname(file))) {
    if (name.startsWith(prefix)) rmSync(join(dirname(file), name), { recursive: true, force: true });
  }
}

/** `fetch failed` alone says nothing: the cause has the name that was not found. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${messageOf(error)}${cause}`;
}
