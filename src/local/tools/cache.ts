import { mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readJsonFile, writeJsonFile } from '../json-file.ts';

interface RememberedResult {
  identity: string;
  answer: unknown;
}

/** The per-user folder of what outlives a clone: `$XDG_CACHE_HOME/holdout`, by default `~/.cache/holdout`. */
export const cacheFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'holdout');

/** What outlives a clone: programs under `tools/`, and answers that were found out by running something. */
export class ToolCache {
  readonly folder: string;

  constructor(env: NodeJS.ProcessEnv = process.env) {
    this.folder = cacheFolder(env);
  }

  /** Where a program of this name and version lies; its folder exists afterwards. */
  program(name: string, version: string): string {
    const folder = join(this.folder, 'tools');
    mkdirSync(folder, { recursive: true });
    return join(folder, `${name}-${version}`);
  }

  /** The remembered answer, unless the thing it was found out about has another identity by now. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller gave the answer and names its type
  recall<T>(subject: string, identity: string): T | undefined {
    const found = this.answers()[subject];
    return found?.identity === identity ? (found.answer as T) : undefined;
  }

  /** Two processes that remember at once may lose one answer; it is found out again. */
  remember(subject: string, identity: string, answer: unknown): void {
    mkdirSync(this.folder, { recursive: true });
    writeJsonFile(this.answersFile(), { ...this.answers(), [subject]: { identity, answer } });
  }

  private answers(): Record<string, RememberedResult> {
    return readJsonFile<Record<string, RememberedResult>>(this.answersFile()) ?? {};
  }

  private answersFile(): string {
    return join(this.folder, 'tools.json');
  }
}

/** Size and modification time: enough to notice that a program was replaced or cut short. */
export function fileIdentity(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.size} bytes, modified ${found.mtimeMs}`;
}
