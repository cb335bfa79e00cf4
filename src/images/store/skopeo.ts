import { holdoutError } from '../../errors.ts';
import { runCommand } from '../../run-command.ts';

/** `unknown`: the registry has no such image; `detail` is skopeo's error message. */
type SkopeoResult = { kind: 'done'; stdout: Buffer } | { kind: 'unknown' | 'failed'; detail: string };

/** As skopeo 1.9 reports it. "denied" does not count: that may be our credentials. */
const unknown = /manifest unknown|name unknown|blob unknown|repository name not known to registry|from registry 404/i;

/** Messages of registries and skopeo, including Docker Hub, ECR and Google. "denied" at the end is a file's permission. */
const needsCredentials =
  /\bunauthorized\b|\bdenied: |authentication required|no basic auth credentials|insufficient_scope|registry 40[13]\b/i;

/** Runs skopeo and waits. Throws IMAGE_TOOL_MISSING. */
export async function skopeo(...args: string[]): Promise<SkopeoResult> {
  const { status, bytes, stderr, startError } = await runCommand('skopeo', args);
  if (startError?.code === 'ENOENT') throw holdoutError('IMAGE_TOOL_MISSING', { tool: 'skopeo' }, startError);
  if (status === 0) return { kind: 'done', stdout: bytes };
  // time="…" level=fatal msg="…"
  const message = /level=fatal msg="(.*)"$/m.exec(stderr)?.[1]?.replaceAll('\\"', '"') ?? stderr;
  const detail = message.slice(0, 1_000);
  return { kind: unknown.test(detail) ? 'unknown' : 'failed', detail };
}

/** The bytes of an image's manifest; undefined when the registry has no such image. Throws IMAGE_COPY_FAILED. */
export async function rawManifest(image: string): Promise<Buffer | undefined> {
  const inspected = await skopeo('--insecure-policy', 'inspect', '--raw', image);
  if (inspected.kind === 'done') return inspected.stdout;
  if (inspected.kind === 'unknown') return undefined;
  throw holdoutError('IMAGE_COPY_FAILED', { image, detail: whyNot(image, inspected.detail) });
}

/** Why a registry did not deliver an image: skopeo's words, or a plain sentence when credentials are missing. */
export function whyNot(image: string, detail: string): string {
  if (!needsCredentials.test(detail)) return detail;
  const [, host = 'HOST'] = /^docker:\/\/([^/]+)\//.exec(image) ?? [];
  return `the registry requires credentials or has no such image. Check the name, or run "skopeo login ${host}" on the workers' machines.`;
}
