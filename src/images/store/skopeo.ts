import { tmpdir } from 'node:os';
import { holdoutError } from '../../errors.ts';
import { atRegistry } from '../../registry/at-registry.ts';
import { registryFailure, whyNot } from '../../registry/registry-errors.ts';
import { runCommand, type CommandResult } from '../../run-command.ts';

/** `unknown`: the registry has no such image; `detail` is skopeo's error message. */
type SkopeoResult = { kind: 'done'; stdout: Buffer } | { kind: 'unknown' | 'failed'; detail: string };

/**
 * Runs skopeo and waits. A registry of ECR among its arguments gets a login. Throws IMAGE_TOOL_MISSING, REGISTRY_LOGIN_FAILED.
 */
export async function skopeo(...args: string[]): Promise<SkopeoResult> {
  const { status, bytes, stderr, startError } = await atRegistry({
    reference: args.find((arg) => arg.startsWith('docker://')) ?? '',
    folder: process.env['HOLDOUT_SCRATCH'] ?? tmpdir(),
    run: (env) => runSkopeo(args, env),
  });
  if (startError?.code === 'ENOENT') throw holdoutError('IMAGE_TOOL_MISSING', { tool: 'skopeo' }, startError);
  if (status === 0) return { kind: 'done', stdout: bytes };
  const detail = stderr.slice(0, 1_000);
  return { kind: registryFailure(detail) === 'unknown' ? 'unknown' : 'failed', detail };
}

/** Its error message alone: `time="…" level=fatal msg="…"`. */
async function runSkopeo(args: string[], env: NodeJS.ProcessEnv): Promise<CommandResult> {
  const result = await runCommand('skopeo', args, { env: { ...process.env, ...env } });
  const message = /level=fatal msg="(.*)"$/m.exec(result.stderr)?.[1]?.replaceAll('\\"', '"');
  return { ...result, stderr: message ?? result.stderr };
}

/** The bytes of an image's manifest; undefined when the registry has no such image. Throws IMAGE_COPY_FAILED. */
export async function rawManifest(image: string): Promise<Buffer | undefined> {
  const inspected = await skopeo('--insecure-policy', 'inspect', '--raw', image);
  if (inspected.kind === 'done') return inspected.stdout;
  if (inspected.kind === 'unknown') return undefined;
  throw holdoutError('IMAGE_COPY_FAILED', { image, detail: whyNot(image, inspected.detail) });
}
