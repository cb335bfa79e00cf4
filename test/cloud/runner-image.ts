import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from '../../scripts/build.mjs';
import { projectRoot } from '../../src/local/project-root.ts';
import { which } from '../../src/local/tools/find-engine.ts';
import { type DockerHost, dockerPrograms } from '../support/docker-host.ts';
import { ProgramsUnavailable } from '../support/debian-programs.ts';

/** What docker/Dockerfile installs into the runner's image, besides Node and docker. */
const programs = ['skopeo', 'mkfs.ext4', 'mount', 'umount', 'losetup', 'flock', 'cat', 'find', 'chown', 'env', 'sh'];

/** Files of this machine that these programs read. */
const configuration = [
  '/etc/mke2fs.conf',
  '/etc/containers/policy.json',
  '/etc/passwd',
  '/etc/ssl/certs',
  '/etc/nsswitch.conf',
];

/**
 * Builds the runner's image as the target `runner` of docker/Dockerfile does, but from the programs of this machine, because
 * no base image can be pulled here. Pushes it to a registry and returns its reference by digest.
 */
export async function pushRunnerImage(host: DockerHost, registry: string): Promise<string> {
  await build();
  const root = mkdtempSync(join(tmpdir(), 'holdout-runner-image-'));
  try {
    const docker = join(dockerPrograms(), 'usr/bin/docker');
    for (const program of programs.map(pathOf)) copyProgram(root, program, program);
    copyProgram(root, process.execPath, '/usr/local/bin/node');
    copyProgram(root, docker, '/usr/local/bin/docker');
    for (const path of configuration.filter((path) => existsSync(path)))
      cpSync(path, join(root, path), { recursive: true, dereference: true });
    for (const folder of ['tmp', 'proc', 'sys', 'dev', 'run', 'var/tmp', 'root', 'var/run', 'opt/holdout'])
      mkdirSync(join(root, folder), { recursive: true });
    const insecure = `[[registry]]\nlocation = "${registry}"\ninsecure = true\n`;
    writeFileSync(join(root, 'etc/containers/registries.conf'), insecure);
    copyFileSync(join(projectRoot(), 'dist/runner.mjs'), join(root, 'opt/holdout/runner.mjs'));
    const tar = join(root, '..', `${root.split('/').at(-1)}.tar`);
    execFileSync('tar', ['--create', '--file', tar, '--directory', root, '.']);
    const name = `${registry}/holdout-runner:test`;
    const changes = [
      'ENTRYPOINT ["node", "/opt/holdout/runner.mjs"]',
      'ENV PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ];
    await host.docker('import', ...changes.map((change) => `--change=${change}`), tar, name);
    rmSync(tar);
    await host.docker('push', name);
    return host.docker('image', 'inspect', '--format={{index .RepoDigests 0}}', name);
  } finally {
    rmSync(root, { recursive: true });
  }
}

function pathOf(program: string): string {
  const found =
    which(program) ?? ['/usr/sbin', '/sbin'].map((folder) => join(folder, program)).find((path) => existsSync(path));
  if (found === undefined) throw new ProgramsUnavailable(`this machine has no ${program}`);
  return found;
}

/** Copies a program and its libraries. */
function copyProgram(root: string, from: string, to: string): void {
  copyInto(root, from, to);
  const search = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'].map((folder) => join(dockerPrograms(), folder));
  const env = { ...process.env, LD_LIBRARY_PATH: search.join(':') };
  const { stdout } = spawnSync('ldd', [from], { encoding: 'utf8', env });
  for (const [, library = ''] of stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)) {
    copyInto(root, library, library.replace(dockerPrograms(), ''));
  }
}

function copyInto(root: string, from: string, to: string): void {
  const target = join(root, to);
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(realpathSync(from), target);
}
