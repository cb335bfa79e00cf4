import { createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { runCommand } from '../../run-command.ts';
import { sha256OfFile } from '../../sha256.ts';
import type { Tool, ToolArchive } from './tool.ts';

/** Until the first byte; a machine behind a firewall shall not wait long for nothing. */
const answerTimeout = 8_000;
/** For the whole archive, 90 MB at most. */
const downloadTimeout = 300_000;

/** Fetches and unpacks an archive into the folder and answers the program's path; throws when anything is not as it should be. */
export async function downloadTool(tool: Tool, archive: ToolArchive, folder: string): Promise<string> {
  const file = join(folder, 'archive.tar.gz');
  await pipeline(await fetchBody(archive.url), createWriteStream(file));
  if (archive.checksums !== undefined) await compareChecksum(file, archive.url, archive.checksums);
  const unpacked = await runCommand('tar', ['-xzf', file, '-C', folder, '--no-same-owner']);
  if (unpacked.status !== 0) throw new Error(`tar: ${unpacked.stderr.trim()}`);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const program = entries.find((entry) => entry.isFile() && entry.name === tool.name);
  if (program === undefined) throw new Error(`the archive holds no file named ${tool.name}`);
  return join(program.parentPath, program.name);
}

async function fetchBody(url: string): Promise<Readable> {
  const abort = new AbortController();
  const noAnswer = setTimeout(
    () => abort.abort(new Error(`no answer within ${answerTimeout / 1000} s`)),
    answerTimeout,
  );
  const total = AbortSignal.timeout(downloadTimeout);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([abort.signal, total]) });
    if (!response.ok || response.body === null) throw new Error(`HTTP status ${response.status}`);
    return Readable.fromWeb(response.body);
  } finally {
    clearTimeout(noAnswer);
  }
}

async function compareChecksum(file: string, url: string, checksums: string): Promise<void> {
  const list = (await (await fetchBody(checksums)).toArray()).join('');
  const name = basename(new URL(url).pathname);
  const line = list.split('\n').find((line) => line.trimEnd().endsWith(` ${name}`));
  if (line === undefined) throw new Error(`${checksums} does not name ${name}`);
  const expected = line.split(' ')[0];
  const found = await sha256OfFile(file);
  if (found !== expected) throw new Error(`sha256 is ${found}, published is ${expected}`);
}
