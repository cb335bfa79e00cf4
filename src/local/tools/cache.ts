import { mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readJsonFile, writeJsonFile } from '../json-file.ts';

type Findings = Record<string, { identity: string; answer: unknown }>;

/**
 * The per-user cache, which outlives a clone: programs under `tools/`, and findings about this host that took a test run. It
 * is in `$XDG_CACHE_HOME/holdout`, by default `~/.cache/holdout`.
 */
export class ToolCache {
  readonly folder: string;
  private readonly findingsFile: string;

  constructor(env: NodeJS.ProcessEnv = process.env) {
    this.folder = join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'holdout');
    this.findingsFile = join(this.folder, 'tools.json');
  }

  /** The path for a program of this name and version; creates the folder. */
  program(name: string, version: string): string {
    const folder = join(this.folder, 'tools');
    mkdirSync(folder, { recursive: true });
    return join(folder, `${name}-${version}`);
  }

  /** The remembered finding, unless the identity of its subject has changed. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller stored the finding and names its type
  recall<T>(subject: string, identity: string): T | undefined {
    const found = this.findings()[subject];
    return found?.identity === identity ? (found.answer as T) : undefined;
  }

  /** If two processes write at once, one finding may be lost; it is then found again. */
  remember(subject: string, identity: string, answer: unknown): void {
    mkdirSync(this.folder, { recursive: true });
    writeJsonFile(this.findingsFile, { ...this.findings(), [subject]: { identity, answer } });
  }

  private findings(): Findings {
    return readJsonFile<Findings>(this.findingsFile) ?? {};
  }
}

/** Size and modification time: enough to detect a replaced or truncated program. */
export function fileIdentity(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.size} bytes, modified ${found.mtimeMs}`;
}
