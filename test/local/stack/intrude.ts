/** Runs {@link ../support/intruder.ts} on a stack as another user of this machine. */
import { build } from 'esbuild';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Credential } from '../../../src/local/stack/home/credentials.ts';
import type { Stack } from '../../../src/local/stack/open-stack.ts';
import type { Loot, Plan } from '../../support/intruder.ts';
import type { StackRig } from './stack-rig.ts';

const execute = promisify(execFile);

/** What user `uid` can read; the rig's folder is open to them, its home is not. Fails if their program ran as a job. */
export async function intrude(
  rig: StackRig,
  { endpoints }: Stack,
  by: { uid: number; credential: Credential },
): Promise<Loot> {
  const folder = join(rig.folder, 'tools-of-others');
  const [node, program, module] = ['node', 'intruder.mjs', 'module.mjs'].map((name) => join(folder, name));
  const noted = join(folder, 'noted');
  assert.ok(node && program && module);
  if (!existsSync(folder)) {
    mkdirSync(folder);
    await build({
      entryPoints: ['test/support/intruder.ts'],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
    // Node itself may be in a folder that only its owner can enter.
    copyFileSync(process.execPath, node);
    writeFileSync(
      module,
      `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(noted)}, String(process.getuid()));`,
    );
    for (const [path, mode] of [
      [folder, 0o777],
      [node, 0o755],
      [program, 0o644],
      [module, 0o644],
    ] as const) {
      chmodSync(path, mode);
    }
  }
  const plan: Plan = {
    home: rig.home,
    batch: endpoints.batch,
    s3: endpoints.s3,
    credential: { ...by.credential },
    module,
  };
  const { stdout } = await execute(node, [program, JSON.stringify(plan)], {
    uid: by.uid,
    gid: by.uid,
    env: {},
    cwd: folder,
    maxBuffer: 256 * 1024 * 1024,
  });
  assert.ok(!existsSync(noted), 'no other user’s program ran in a job');
  return JSON.parse(stdout) as Loot;
}
