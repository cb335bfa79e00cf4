import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ProgramsUnavailable } from './debian-programs.ts';

interface Package {
  isRequired: boolean;
  /** Each with its alternatives. */
  needs: string[][];
}

/** What Debian's slim images leave out. */
const leftOut = /^\/usr\/share\/(?:doc|man|info|locale|lintian|linda|groff)\//;

/**
 * The files of these packages, of all that they depend on and of all that every Debian has, as they are installed on this
 * machine, by their real paths. Throws {@link ProgramsUnavailable} if one is not installed.
 */
export function debianFiles(packages: readonly string[]): string[] {
  const installed = installedPackages();
  const required = [...installed].filter(([, { isRequired }]) => isRequired).map(([name]) => name);
  const wanted = new Set<string>();
  for (const name of [...required, ...packages]) add(name, installed, wanted);
  const listed = execFileSync('dpkg-query', ['--listfiles', ...wanted], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const files = listed.split('\n').filter((path) => path.startsWith('/') && !leftOut.test(path));
  return [...new Set(files.flatMap(realPath))];
}

function installedPackages(): Map<string, Package> {
  const format = '${Package}\t${Priority}\t${Pre-Depends}, ${Depends}\n';
  let lines: string;
  try {
    lines = execFileSync('dpkg-query', ['--show', `--showformat=${format}`], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  } catch (error) {
    throw new ProgramsUnavailable('this machine has no Debian packages', { cause: error });
  }
  return new Map(
    lines
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [name = '', priority = '', needs = ''] = line.split('\t');
        // apt has this priority in no release, but every image has it.
        return [name, { isRequired: priority === 'required' || name === 'apt', needs: alternativesIn(needs) }];
      }),
  );
}

/** Of `libc6 (>= 2.34), default-mta | mail-transport-agent`: the names. */
const alternativesIn = (needs: string): string[][] =>
  needs
    .split(',')
    .map((one) => one.split('|').map((name) => name.trim().replace(/[ :(].*$/s, '')))
    .filter(([first]) => first !== '');

function add(name: string, installed: ReadonlyMap<string, Package>, wanted: Set<string>): void {
  const found = installed.get(name);
  if (found === undefined) throw new ProgramsUnavailable(`this machine has no package ${name}`);
  wanted.add(name);
  for (const alternatives of found.needs) {
    // What is not there is a name that another package provides, or comes by another alternative.
    const next = alternatives.find((one) => installed.has(one));
    if (next !== undefined && !wanted.has(next)) add(next, installed, wanted);
  }
}

/** The path without links to folders, such as /bin; none for folders and for what somebody removed. */
function realPath(path: string): string[] {
  if (!existsSync(dirname(path))) return [];
  const real = join(realpathSync(dirname(path)), basename(path));
  const stat = lstatSync(real, { throwIfNoEntry: false });
  return stat === undefined || stat.isDirectory() ? [] : [real];
}
