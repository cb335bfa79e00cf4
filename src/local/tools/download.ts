import { createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { runCommand } from '../../run-command.ts';
import { sha256OfFile } from '../../sha256.ts';
import type { Tool } from './pinned-tools.ts';

/** Milliseconds until the response starts; short, because a firewall may drop the request. */
const responseTimeout = 8_000;
/** Milliseconds for the whole archive, at most 90 MB. */
const downloadTimeout = 300_000;

/** Downloads and unpacks an archive into the folder; returns the program's path. Throws if anything fails or does not match. */
export async function downloadTool(tool: Tool, archive: Tool['archives'][number], folder: string): Promise<string> {
  const { url, sha256 } = archive;
  const file = join(folder, 'archive.tar.gz');
  await pipeline(await fetchBody(url), createWriteStream(file));
  const found = await sha256OfFile(file);
  if (found !== sha256) throw new Error(`its sha256 is ${found}, not ${sha256}`);
  const unpacked = await runCommand('tar', ['-xzf', file, '-C', folder, '--no-same-owner']);
  if (unpacked.status !== 0) throw new Error(`tar: ${unpacked.stderr.trim()}`);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const program = entries.find((entry) => entry.isFile() && entry.name === tool.name);
  if (program === undefined) throw new Error(`the archive contains no file named ${tool.name}`);
  return join(program.parentPath, program.name);
}

async function fetchBody(url: string): Promise<Readable> {
  const abort = new AbortController();
  const noResponse = setTimeout(
    () => abort.abort(new Error(`no response within ${responseTimeout / 1000} s`)),
    responseTimeout,
  );
  const total = AbortSignal.timeout(downloadTimeout);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([abort.signal, total]) });
    if (!response.ok || response.body === null) throw new Error(`HTTP status ${response.status}`);
    return Readable.fromWeb(response.body);
  } finally {
    clearTimeout(noResponse);
  }
}
