import { holdoutError } from '../../errors.ts';
import { runCommand } from '../../run-command.ts';

/** `failed`: skopeo ran and failed; `detail` is its error message. */
type SkopeoResult = { kind: 'done'; stdout: Buffer } | { kind: 'failed'; detail: string };

/** Runs skopeo and waits. Throws IMAGE_TOOL_MISSING. */
export async function skopeo(...args: string[]): Promise<SkopeoResult> {
  const { status, bytes, stderr, startError } = await runCommand('skopeo', args);
  if (startError?.code === 'ENOENT') throw holdoutError('IMAGE_TOOL_MISSING', { tool: 'skopeo' }, startError);
  if (status === 0) return { kind: 'done', stdout: bytes };
  // time="…" level=fatal msg="…"
  const message = /level=fatal msg="(.*)"$/m.exec(stderr)?.[1]?.replaceAll('\\"', '"') ?? stderr;
  return { kind: 'failed', detail: message.slice(0, 1_000) };
}
