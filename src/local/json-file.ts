import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** The parsed file, or undefined when there is none or a crash left it unreadable. Only for files that Holdout wrote. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller wrote the file and names its type
export function readJsonFile<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

/** Writes beside the file and renames, so that no reader ever sees half of it. Only its owner reads it. */
export function writeJsonFile(file: string, value: unknown): void {
  const fresh = `${file}.${process.pid}.new`;
  writeFileSync(fresh, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, file);
}
