import { runCommand } from '../../run-command.ts';
import { fileIdentity, type ToolCache } from './cache.ts';
import type { Tool } from './tool.ts';

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
export async function isRightProgram(tool: Tool, file: string): Promise<boolean> {
  const { status, stdout } = await runCommand(file, ['--version'], { timeout: 20_000 });
  return status === 0 && tool.proof.test(stdout);
}
