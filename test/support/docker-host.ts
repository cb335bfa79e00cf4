import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../src/local/project-root.ts';
import { debianPrograms } from './debian-programs.ts';
import { eventually } from './eventually.ts';

const packages = ['docker.io', 'containerd', 'runc', 'libdevmapper1.02.1'];

/** The folder of Docker's programs, of which none is installed. Throws `ProgramsUnavailable`. */
export const dockerPrograms = (): string => debianPrograms('docker', packages);

/**
 * The mount namespace of a host: mounts are shared, as systemd makes them, and /run is its own, with what systemd has there:
 * by it the engine sees that control groups are systemd's, and talks to it. Then the command.
 */
const hostNamespace = `
set -e
mount --make-rprivate /
mkdir -p "$OUTSIDE"
mount --rbind /run "$OUTSIDE"
mount -t tmpfs tmpfs /run
for service in systemd dbus; do
  [ -d "$OUTSIDE/$service" ] || continue
  mkdir "/run/$service"
  mount --rbind "$OUTSIDE/$service" "/run/$service"
done
umount --recursive --lazy "$OUTSIDE"
# Last: while mounts are shared, the end of one would also be the end of its copies, and this /run would be every host's.
mount --make-rshared /
exec "$@"
`;

/** What a command of the engine printed; `status` 0 is success. */
export interface Answer {
  status: number;
  stdout: string;
  stderr: string;
}

/**
 * A host with a real dockerd, as a Batch instance has it: its own mount namespace and engine socket. The network is this
 * machine's; the engine has no bridge and changes no rules of it.
 */
export class DockerHost {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdout-host-'));
  /** Also /var/run/docker.sock inside of the host. */
  readonly socket = join(this.folder, 'docker.sock');
  readonly scratch = join(this.folder, 'scratch');
  private daemon: ChildProcess | undefined;

  private constructor(private readonly path: string | undefined) {}

  /** `path`: a folder of programs that the engine finds before all others. */
  static async start({ path }: { path?: string } = {}): Promise<DockerHost> {
    const host = new DockerHost(path);
    await host.boot();
    return host;
  }

  /** The program and the flags that reach this engine. */
  get command(): [string, ...string[]] {
    return [join(dockerPrograms(), 'usr/bin/docker'), '--host', `unix://${this.socket}`];
  }

  /** Calls the engine, whatever it answers. */
  async call(...args: string[]): Promise<Answer> {
    const [program, ...flags] = this.command;
    try {
      const options = { maxBuffer: 64 * 2 ** 20, env: { ...process.env, ...this.libraries } };
      return { status: 0, ...(await promisify(execFile)(program, [...flags, ...args], options)) };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { status: code, stdout, stderr };
    }
  }

  /** Calls the engine and returns what it printed; fails if it refuses. */
  async docker(...args: string[]): Promise<string> {
    const { status, stdout, stderr } = await this.call(...args);
    if (status !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  }

  /** Names of the containers with a label, running ones alone. */
  async running(label: string): Promise<string[]> {
    return (await this.docker('ps', `--filter=label=${label}`, '--format={{.Names}}')).split('\n').filter(Boolean);
  }

  /** Runs a program in the host's mount namespace. */
  async inside(program: string, ...args: string[]): Promise<string> {
    const target = ['--target', String(this.daemonPid), '--mount', '--'];
    return (await promisify(execFile)('nsenter', [...target, program, ...args])).stdout;
  }

  /** Runs the reaper of a host once, as its timer does; returns what it printed. */
  reap(): Promise<string> {
    const path = `PATH=${inPrograms('usr/bin')}:${process.env['PATH']}`;
    return this.inside('env', path, `HOLDOUT_SCRATCH=${this.scratch}`, join(projectRoot(), 'infra/host/reaper.sh'));
  }

  /** What jobs left: containers, mounts and folders of runs. */
  async leftovers(): Promise<string[]> {
    const containers = (await this.docker('ps', '--all', '--format={{.Names}}')).split('\n').filter(Boolean);
    const mounts = readFileSync(`/proc/${this.daemonPid}/mountinfo`, 'utf8')
      .split('\n')
      .filter((line) => line.includes(`${this.scratch}/runs/`));
    const runs = join(this.scratch, 'runs');
    return [...containers, ...mounts, ...(existsSync(runs) ? readdirSync(runs) : [])];
  }

  /** Ends every container and the engine, and removes the host. */
  async stop(): Promise<void> {
    const { stdout } = await this.call('ps', '--all', '--quiet');
    const containers = stdout.split('\n').filter(Boolean);
    if (containers.length > 0) await this.call('rm', '--force', ...containers);
    if (this.daemon !== undefined && this.daemon.exitCode === null) {
      this.daemon.kill('SIGTERM');
      await once(this.daemon, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get libraries(): NodeJS.ProcessEnv {
    return { LD_LIBRARY_PATH: ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'].map(inPrograms).join(':') };
  }

  private get daemonPid(): number {
    return this.daemon?.pid ?? 0;
  }

  private async boot(): Promise<void> {
    mkdirSync(this.scratch);
    const place = (name: string): string => join(this.folder, name);
    const daemon = [
      inPrograms('usr/sbin/dockerd'),
      `--data-root=${place('data')}`,
      `--exec-root=${place('exec')}`,
      `--pidfile=${place('pid')}`,
      `--host=unix://${this.socket}`,
      '--host=unix:///run/docker.sock',
      '--iptables=false',
      '--ip6tables=false',
      '--bridge=none',
      '--ip-forward=false',
      '--storage-driver=overlay2',
    ];
    const folders = [
      ...(this.path === undefined ? [] : [this.path]),
      ...['usr/sbin', 'usr/bin', 'sbin'].map(inPrograms),
    ];
    const PATH = folders.join(':');
    this.daemon = spawn(
      'unshare',
      ['--mount', '--propagation=private', '--', '/bin/sh', '-c', hostNamespace, 'host', ...daemon],
      {
        env: {
          ...process.env,
          ...this.libraries,
          PATH: `${PATH}:${process.env['PATH']}`,
          OUTSIDE: place('outside'),
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let log = '';
    this.daemon.stderr?.on('data', (chunk: Buffer) => (log = `${log}${chunk.toString()}`.slice(-4_000)));
    const daemonEnds = (): void => void this.daemon?.kill('SIGKILL');
    process.once('exit', daemonEnds);
    await eventually('the engine answers', async () => {
      if (this.daemon?.exitCode !== null) throw new Error(`dockerd ended: ${log}`);
      return (await this.call('version')).status === 0;
    });
  }
}

const inPrograms = (path: string): string => join(dockerPrograms(), path);
