import { resolve } from 'node:path';
import type { SourceFile } from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

/** Exists only for the parser. */
const project = '/security-drill/tsconfig.json';

/** The syntax trees of these files, by the names given. */
export function parsedSources(files: readonly string[]): Map<string, SourceFile> {
  const compilerOptions = { noLib: true, noResolve: true, types: [] };
  const config = JSON.stringify({ compilerOptions, files: files.map((file) => resolve(file)) });
  const api = new API({
    fs: {
      fileExists: (name) => (name === project ? true : undefined),
      readFile: (name) => (name === project ? config : undefined),
    },
  });
  const snapshot = api.updateSnapshot({ openProjects: [project] });
  try {
    const program = snapshot.getProject(project)?.program;
    return new Map(
      files.map((file) => {
        const source = program?.getSourceFile(resolve(file));
        if (source === undefined) throw new RangeError(`${file} cannot be parsed`);
        return [file, source];
      }),
    );
  } finally {
    snapshot.dispose();
    api.close();
  }
}
