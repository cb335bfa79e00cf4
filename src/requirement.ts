/** One line of `doctor`. A `note` is informational; a MISSING requirement comes with the command that fixes it. */
export interface Requirement {
  what: string;
  state: 'ok' | 'note' | 'MISSING';
  found: string;
  fix?: string;
}

export const ok = (what: string, found: string): Requirement => ({ what, state: 'ok', found });
export const note = (what: string, found: string): Requirement => ({ what, state: 'note', found });
export const missing = (what: string, found: string, fix: string): Requirement => ({
  what,
  state: 'MISSING',
  found,
  fix,
});

/** A line for each requirement and, under each missing one, the command that fixes it. */
export function requirementLines(requirements: readonly Requirement[]): string {
  const width = Math.max(22, ...requirements.map(({ what }) => what.length)) + 1;
  return requirements
    .map(
      ({ what, state, found, fix }) =>
        `${state.padEnd(8)}${what.padEnd(width)}${found}${fix === undefined ? '' : `\n${' '.repeat(8)}→ ${fix}`}`,
    )
    .join('\n');
}
