import { join } from 'node:path';
import { pythonTools } from '../../scripts/python-tools.mjs';

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
