import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { executableOf } from '../../runner/isolation/program/executable.ts';
import { call } from '../../runner/isolation/program/machine-code.ts';
import { ProgramMemory } from '../../runner/isolation/program/memory.ts';
import { nr } from '../../runner/isolation/program/call-numbers.ts';

/** The exit status of the program in {@link smokeImage}; no engine uses it for its own failures. */
export const smokeStatus = 42;

/** A root file system for `import` with one program, `/probe`, that exits at once. Needs no registry and no compiler. */
export async function smokeImage(): Promise<Buffer> {
  const image = pack();
  image.entry({ name: 'probe', mode: 0o755 }, executableOf(call(nr.exit, smokeStatus), new ProgramMemory()));
  image.finalize();
  return buffer(image);
}
