import * as z from 'zod';
import { messageOf } from '../errors.ts';
import { quoted } from '../safe-text.ts';
import { refuse } from './refusal.ts';
import { jsonBytes, type ScannedFile } from './scan-archive.ts';

/** The most layers an image may have: more than overlay file systems mount. */
const maxLayers = 127;
const needed = 'linux/amd64';

/** Parses a small JSON file of the archive; throws a Refusal naming it by `what`. */
export function parseJson<Schema extends z.ZodType>(file: ScannedFile, what: string, schema: Schema): z.output<Schema> {
  if (file.json === undefined) refuse(`${what} is not JSON of at most ${jsonBytes} bytes`);
  let json: unknown;
  try {
    json = JSON.parse(file.json.toString('utf8'));
  } catch (error) {
    refuse(`${what} is not JSON: ${quoted(messageOf(error))}`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return refuse(`${what} is not as it must be: ${quoted(issue?.path.join('.') ?? '')} ${issue?.message ?? ''}`);
}

/** The part of an image's configuration that decides whether our machines can run it. */
const configSchema = z.looseObject({ architecture: z.string(), os: z.string() });

/** Throws a Refusal for an image that is not for linux/amd64; answers the whole configuration, the rest of it unchecked. */
export function checkedConfig(file: ScannedFile): unknown {
  const config = parseJson(file, 'the image configuration', configSchema);
  checkPlatforms([`${config.os}/${config.architecture}`]);
  return config;
}

/** Throws a Refusal unless one of the platforms an image is built for is ours. */
export function checkPlatforms(platforms: readonly string[]): void {
  if (platforms.includes(needed)) return;
  const built = platforms.map((platform) => quoted(platform).slice(1, -1)).join(', ');
  refuse(`the image is built for ${built}, the machines are ${needed}: build it with --platform ${needed}`);
}

/** Throws a Refusal for an image without layers or with more than can be mounted. */
export function checkLayerCount(layers: number): void {
  if (layers === 0) refuse('the image has no layers');
  if (layers > maxLayers) refuse(`the image has ${layers} layers, at most ${maxLayers} can be mounted`);
}
