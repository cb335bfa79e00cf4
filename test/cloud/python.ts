import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonTools } from '../../scripts/testing/python-tools.mjs';

const tools = pythonTools();

/** A test that needs the programs of requirements.txt; skipped with the reason when they cannot be had. */
export function itWithPython(title: string, body: Mocha.AsyncFunc | Mocha.Func): void {
  if (tools.kind === 'ready') it(title, body);
  else it.skip(`${title} (${tools.reason})`);
}

/** The path of `python`, `moto_server`, `microburst`, `cfn-lint` or `parliament`; call it inside such a test or its hooks. */
export function pythonProgram(name: string): string {
  if (tools.kind === 'missing') throw new Error(tools.reason);
  return join(tools.bin, name);
}

/** Runs a Python program of this folder, which prints one JSON value. */
export async function runPython<T>(program: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<T> {
  const { stdout } = await promisify(execFile)(pythonProgram('python'), [program, ...args], {
    // No bytecode files in the project.
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env },
    maxBuffer: 16 * 1024 * 1024,
  });
  return JSON.parse(stdout) as T;
}
