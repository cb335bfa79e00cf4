import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../servers/free-port.ts';
import { Daemon } from './daemon.ts';
import { PostgresPrograms } from './postgres-programs.ts';

/** Runs it where this process is root, as which PostgreSQL refuses to run. */
const nobody = { uid: 65_534, gid: 65_534 };

/** How a client reaches the server. */
export interface PostgresAddress {
  /** Of 127.0.0.1. */
  port: number;
  user: string;
  password: string;
}

/** Debian's PostgreSQL 15 with new databases, on a port of loopback, until {@link remove}. */
export class Postgres {
  private readonly user = process.getuid?.() === 0 ? nobody : {};
  private readonly data: string;
  private readonly daemon: Daemon;

  private constructor(
    private readonly folder: string,
    private readonly programs: PostgresPrograms,
    readonly address: PostgresAddress,
  ) {
    this.data = join(folder, 'data');
    // Debian's defaults are a socket in /run, which others cannot write, and a compiler that is not unpacked.
    const settings = [`port=${address.port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'jit=off'];
    const command = [programs.program('postgres'), '-D', this.data, ...settings.flatMap((one) => ['-c', one])] as const;
    this.daemon = new Daemon(command, { env: programs.environment, ...this.user });
  }

  /** Throws `ProgramsUnavailable`. */
  static async start(): Promise<Postgres> {
    const folder = mkdtempSync(join(tmpdir(), 'holdout-postgres-'));
    const address = { port: await freePort(), user: 'temporal', password: randomUUID() };
    const postgres = new Postgres(folder, new PostgresPrograms(folder), address);
    try {
      await postgres.initialise();
      await postgres.resume();
    } catch (error) {
      await postgres.remove();
      throw error;
    }
    return postgres;
  }

  /** The pid of its first process, the parent of all others. */
  get pid(): number {
    return this.daemon.pid;
  }

  /** The end of its log. */
  get log(): string {
    return this.daemon.output;
  }

  /** `pg_ctl stop -m immediate`: it ends without writing anything more, as in a crash, and recovers at the next start. */
  async stopImmediately(): Promise<void> {
    await this.call('pg_ctl', 'stop', '-D', this.data, '-m', 'immediate');
    await this.daemon.ended();
  }

  /** Starts it on the same data and port; it takes connections when this returns. */
  async resume(): Promise<void> {
    await this.daemon.start(() => {
      const lines = readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n');
      return Number(lines[0]) === this.pid && lines.some((line) => line.trim() === 'ready');
    });
  }

  /** Ends it and removes its data. */
  async remove(): Promise<void> {
    await this.daemon.end('SIGQUIT');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async initialise(): Promise<void> {
    const password = join(this.folder, 'password');
    mkdirSync(this.data, { mode: 0o700 });
    writeFileSync(password, this.address.password, { mode: 0o600 });
    if ('uid' in this.user) for (const path of [this.data, password]) chownSync(path, nobody.uid, nobody.gid);
    const access = ['--username', this.address.user, '--auth=scram-sha-256', `--pwfile=${password}`];
    await this.call('initdb', '-D', this.data, ...access, '--no-locale', '--encoding=UTF8');
  }

  private async call(program: string, ...args: string[]): Promise<void> {
    const options = { env: this.programs.environment, ...this.user };
    await promisify(execFile)(this.programs.program(program), args, options);
  }
}
