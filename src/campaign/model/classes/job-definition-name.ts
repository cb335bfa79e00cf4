/** The name of a class's job definition. Batch allows letters, digits, hyphens and underscores, at most 128. */
export const jobDefinitionOf = (prefix: string, instanceClass: string): string =>
  `${prefix}-${instanceClass.replaceAll(/[^A-Za-z0-9_-]/g, '-')}`;

/** The first two of these classes that would share a job definition, as `g4dn.xlarge` and `g4dn-xlarge` would. */
export function sharedJobDefinition(classes: readonly string[]): readonly [string, string] | undefined {
  const owners = new Map<string, string>();
  for (const name of classes) {
    const definition = jobDefinitionOf('', name);
    const owner = owners.get(definition);
    if (owner !== undefined && owner !== name) return [owner, name];
    owners.set(definition, name);
  }
  return undefined;
}
