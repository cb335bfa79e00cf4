import { createWriteStream } from 'node:fs';
import { link, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ImageScan } from '../../campaign/model/frozen-campaign.ts';
import { holdoutError } from '../../errors.ts';
import { runCommand } from '../../run-command.ts';
import { compressionOf, unpackedFile } from '../archive/compression.ts';

/** `findings`: the scanner ended with 1. `output` is what it printed, which may contain names from the image. */
export interface HostScan {
  kind: 'clean' | 'findings';
  output: string;
}

/** Exit statuses, as those of clamscan, grype and most scanners. */
const [clean, findings] = [0, 1];

/** Milliseconds. Ten GiB at the 10 MB/s of a slow scanner. */
const longestScan = 20 * 60_000;

/** Where the folder goes in the command; at the end if no word has it. */
const folderPlaceholder = '{image}';

/**
 * Lets the host's scanner look at an accepted layout, before the image is stored. `into`: a folder on the same disk, for what
 * the scanner gets. Throws IMAGE_SCANNER_FAILED, unless the scanner comes to a verdict.
 */
export async function hostScan(
  layout: string,
  command: ImageScan['command'],
  { into, stop }: { into: string; stop: AbortSignal },
): Promise<HostScan> {
  await provide(layout, into);
  try {
    const [program = '', ...args] = wordsFor(command, into);
    const { PATH, HOME, LANG } = process.env;
    // Not the worker's keys: scanners parse what strangers wrote.
    const result = await runCommand(program, args, { env: { PATH, HOME, LANG }, timeout: longestScan, stop });
    const output = result.startError ? '' : `${result.stdout}${result.stderr}`;
    if (result.status === clean) return { kind: 'clean', output };
    if (result.status === findings) return { kind: 'findings', output };
    const why = result.startError
      ? `it cannot be started (${result.startError.code ?? 'no cause'})`
      : result.status === null
        ? `it was ended after at most ${longestScan / 60_000} minutes or 16 MiB of output`
        : `it ended with status ${result.status}`;
    throw holdoutError('IMAGE_SCANNER_FAILED', { program, why });
  } finally {
    await rm(into, { recursive: true, force: true });
  }
}

function wordsFor(command: readonly string[], folder: string): string[] {
  const words = command.map((word) => word.replaceAll(folderPlaceholder, folder));
  return command.some((word) => word.includes(folderPlaceholder)) ? words : [...words, folder];
}

/** The layout, and beside it every layer that is compressed with zstd as a plain tar: few scanners unpack zstd. */
async function provide(layout: string, into: string): Promise<void> {
  const blobs = 'layout/blobs/sha256';
  await mkdir(join(into, blobs), { recursive: true });
  await mkdir(join(into, 'unpacked'));
  for (const file of ['index.json', 'oci-layout']) await link(join(layout, file), join(into, 'layout', file));
  for (const blob of await readdir(join(layout, 'blobs/sha256'))) {
    const file = join(into, blobs, blob);
    await link(join(layout, 'blobs/sha256', blob), file);
    if ((await compressionOf(file, unsupported)) !== 'zstd') continue;
    await pipeline(unpackedFile(file, 'zstd', { damaged }), createWriteStream(join(into, 'unpacked', `${blob}.tar`)));
  }
}

const unsupported = (name: string): never => damaged(name);
function damaged(what = 'zstd'): never {
  throw new RangeError(`an accepted layer is not readable as ${what}`);
}
