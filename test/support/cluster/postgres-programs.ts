import { chmodSync, cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { debianPrograms } from '../debian-programs.ts';

/** With the libraries that slim images of Debian lack. */
const packages = ['postgresql-15', 'libpq5', 'libicu72', 'libldap-2.5-0', 'libsasl2-2', 'libxml2'];

/** The folder of PostgreSQL's programs, of which none is installed. Throws `ProgramsUnavailable`. */
export const postgresPrograms = (): string => debianPrograms('postgresql-15', packages);

/** PostgreSQL's programs in a folder that every user can read; the per-user cache may be closed to others. */
export class PostgresPrograms {
  /** Copies them, about 20 MB, into this folder and opens it. Throws `ProgramsUnavailable`. */
  constructor(private readonly folder: string) {
    chmodSync(folder, 0o755);
    // Bitcode is for the compiler of queries, whose library is not unpacked.
    const filter = (path: string): boolean => basename(path) !== 'bitcode';
    for (const part of ['usr/lib', 'usr/share/postgresql']) {
      cpSync(join(postgresPrograms(), part), join(folder, part), { recursive: true, verbatimSymlinks: true, filter });
    }
  }

  /** The path of `postgres`, `initdb` or `pg_ctl`, which find their files relative to it. */
  program(name: string): string {
    return join(this.folder, 'usr/lib/postgresql/15/bin', name);
  }

  get environment(): NodeJS.ProcessEnv {
    return { PATH: process.env['PATH'], LD_LIBRARY_PATH: join(this.folder, 'usr/lib/x86_64-linux-gnu') };
  }
}
