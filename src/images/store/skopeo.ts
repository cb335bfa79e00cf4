import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { holdoutError } from '../../errors.ts';

const run = promisify(execFile);

/** `failed`: skopeo ran and failed; `detail` is its error message. */
export type SkopeoResult = { kind: 'done'; stdout: Buffer } | { kind: 'failed'; detail: string };

/** Runs skopeo and waits. Throws IMAGE_TOOL_MISSING. */
export async function skopeo(...args: string[]): Promise<SkopeoResult> {
  try {
    const { stdout } = await run('skopeo', args, { encoding: 'buffer', maxBuffer: 16 * 2 ** 20 });
    return { kind: 'done', stdout };
  } catch (error) {
    const failure = error as NodeJS.ErrnoException & { stderr?: Buffer };
    if (failure.code === 'ENOENT') throw holdoutError('IMAGE_TOOL_MISSING', { tool: 'skopeo' }, error);
    const output = failure.stderr?.toString('utf8').trim() ?? '';
    // time="…" level=fatal msg="…"
    const message = /level=fatal msg="(.*)"$/m.exec(output)?.[1]?.replaceAll('\\"', '"') ?? output;
    return { kind: 'failed', detail: (message === '' ? failure.message : message).slice(0, 1_000) };
  }
}
