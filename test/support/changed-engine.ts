import { writeFileSync } from 'node:fs';

/**
 * Writes a program that calls podman with arguments left out or replaced, as a wrong engine or host would. The keys are patterns
 * of `case` in sh(1).
 */
export function changedEngine(file: string, changes: Record<string, string | undefined>, podman = 'podman'): string {
  const cases = Object.entries(changes).map(([pattern, to]) =>
    to === undefined ? `${pattern}) continue;;` : `${pattern}) arg="${to}";;`,
  );
  const change = `for arg do shift\ncase "$arg" in\n${cases.join('\n')}\nesac\nset -- "$@" "$arg"; done`;
  writeFileSync(file, `#!/bin/sh\n${change}\nexec ${podman} "$@"\n`, { mode: 0o755 });
  return file;
}
