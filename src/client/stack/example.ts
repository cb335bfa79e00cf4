import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lock } from '../../local/file-lock.ts';
import { projectRoot } from '../../local/project-root.ts';
import { ToolCache } from '../../local/tools/cache.ts';
import type { Output } from '../output.ts';

/** Builds the example campaign in the per-user cache unless it is there; returns its campaign file. */
export async function buildExample(output: Output): Promise<string> {
  const folder = join(new ToolCache().folder, 'examples', 'spliced-clips');
  await mkdir(dirname(folder), { recursive: true });
  const release = await lock(`${folder}.lock`, ({ pid }) =>
    output.say(`waiting for process ${pid}, which is building the example`),
  );
  try {
    await writeExample(folder, output);
  } finally {
    release();
  }
  return join(folder, 'campaign.yaml');
}

async function writeExample(folder: string, output: Output): Promise<void> {
  const builder = spawn(
    process.execPath,
    ['--import', 'tsx', join(projectRoot(), 'examples', 'spliced-clips', 'write.ts'), folder],
    { cwd: projectRoot(), stdio: ['ignore', 'ignore', 'pipe'] },
  );
  builder.stderr.setEncoding('utf8').on('data', (text: string) => output.say(text.trimEnd()));
  const [status] = (await once(builder, 'close')) as [number | null];
  if (status !== 0) throw new Error('The example campaign could not be built; its output is above.');
}
