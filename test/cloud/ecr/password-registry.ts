import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianPrograms, ProgramsUnavailable } from '../../support/debian-programs.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/servers/free-port.ts';

const programs = (): string => debianPrograms('docker-registry', ['docker-registry']);

/** Tests that need the registry; skipped with the reason where Debian's package cannot be had. */
export function describeWithRegistry(title: string, body: (this: Mocha.Suite) => void): void {
  try {
    programs();
    describe(title, body);
  } catch (error) {
    if (!(error instanceof ProgramsUnavailable)) throw error;
    describe.skip(`${title} (${error.message})`, body);
  }
}

/** Debian's docker-registry on loopback, which checks a name and a password on every request. */
export class PasswordRegistry {
  private constructor(
    readonly port: number,
    private readonly passwords: string,
    private readonly server: ChildProcess,
  ) {}

  /** Keeps everything in a folder, and accepts nobody yet. */
  static async start(folder: string): Promise<PasswordRegistry> {
    const [port, passwords] = [await freePort(), join(folder, 'htpasswd')];
    const configuration = {
      version: 0.1,
      log: { level: 'error', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, 'images') } },
      auth: { htpasswd: { realm: 'ecr', path: passwords } },
      http: { addr: `127.0.0.1:${port}`, relativeurls: true },
    };
    writeFileSync(passwords, '');
    // YAML includes JSON.
    writeFileSync(join(folder, 'registry.yml'), JSON.stringify(configuration));
    const program = join(programs(), 'usr/bin/docker-registry');
    const server = spawn(program, ['serve', join(folder, 'registry.yml')], { stdio: 'ignore' });
    process.once('exit', () => server.kill('SIGKILL'));
    await eventually('the registry answers', () => fetch(`http://127.0.0.1:${port}/`).then(({ ok }) => ok));
    return new PasswordRegistry(port, passwords, server);
  }

  /** Accepts these accounts from now on, and no others. */
  accept(accounts: Readonly<Record<string, string>>): void {
    const before = statSync(this.passwords).mtimeMs;
    const lines = Object.entries(accounts).map(([name, password]) => `${name}:${hashOf(password)}\n`);
    writeFileSync(this.passwords, lines.join(''));
    // The registry reads the file again when its time has changed.
    utimesSync(this.passwords, new Date(), new Date(before + 1_000));
  }

  async stop(): Promise<void> {
    this.server.kill('SIGKILL');
    await once(this.server, 'exit');
  }
}

/** bcrypt at its lowest cost: the registry checks every request. Perl is part of every Debian. */
function hashOf(password: string): string {
  const salt = '$2y$04$abcdefghijklmnopqrstuu';
  return execFileSync('perl', ['-e', 'print crypt($ARGV[0], $ARGV[1])', password, salt], { encoding: 'utf8' });
}
