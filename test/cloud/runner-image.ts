import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { build } from '../../scripts/build.mjs';
import { projectRoot } from '../../src/local/project-root.ts';
import { debianFiles } from '../support/debian-files.ts';
import { type DockerHost, dockerPrograms } from '../support/docker-host.ts';
import { readRunnerStage } from './runner-stage.ts';

/** What no package contains, because scripts of packages and of the base image make it. */
const made = ['/etc/passwd', '/etc/group', '/etc/ssl/certs', '/etc/nsswitch.conf'];

/**
 * Builds the runner's image as the target `runner` of docker/Dockerfile says, but from the Debian packages and programs of this
 * machine, because no base image can be pulled here. Pushes it to a registry and returns its reference by digest.
 */
export async function pushRunnerImage(host: DockerHost, registry: string): Promise<string> {
  await build();
  const { packages, copies, entryPoint } = readRunnerStage();
  const folder = mkdtempSync(join(tmpdir(), 'holdout-runner-image-'));
  try {
    const [root, tar, list] = ['root', 'image.tar', 'list'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    makeBase(root);
    for (const { source, target } of copies) copyProgram(root, fileOf(source), target);
    const insecure = `[[registry]]\nlocation = "${registry}"\ninsecure = true\n`;
    mkdirSync(join(root, 'etc/containers'), { recursive: true });
    writeFileSync(join(root, 'etc/containers/registries.conf'), insecure);
    const others = debianFiles(packages).filter((path) => !existsSync(join(root, path)));
    writeFileSync(list, others.map((path) => `.${path}\n`).join(''));
    const parts = ['-C', '/', '--no-recursion', `--files-from=${list}`, '--recursion', '-C', root, '.'];
    execFileSync('tar', ['--create', '--file', tar, ...parts]);
    const name = `${registry}/holdout-runner:test`;
    const changes = [
      `ENTRYPOINT ${JSON.stringify(entryPoint)}`,
      'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ];
    await host.docker('import', ...changes.map((change) => `--change=${change}`), tar, name);
    await host.docker('push', name);
    return host.docker('image', 'inspect', '--format={{index .RepoDigests 0}}', name);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Folders, links and files of the base image that belong to no package. */
function makeBase(root: string): void {
  for (const folder of [
    'tmp',
    'proc',
    'sys',
    'dev',
    'run',
    'var/tmp',
    'root',
    'usr/bin',
    'usr/sbin',
    'usr/lib',
    'usr/lib64',
  ])
    mkdirSync(join(root, folder), { recursive: true });
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${folder}`, join(root, folder));
  symlinkSync('/run', join(root, 'var/run'));
  for (const path of made.filter((path) => existsSync(path)))
    cpSync(path, join(root, path), { recursive: true, dereference: true });
}

/** Where this machine has what the Dockerfile takes from another image or from the stage `build`. */
function fileOf(source: string): string {
  switch (source) {
    case '/usr/local/bin/docker':
      return join(dockerPrograms(), 'usr/bin/docker');
    case '/usr/local/bin/node':
      return process.execPath;
    case '/opt/holdout/dist/runner.mjs':
      return join(projectRoot(), 'dist/runner.mjs');
    default:
      throw new Error(`the image of the tests has no ${source}`);
  }
}

/** Copies a file and, if it is a program, the libraries that no package of the image contains. */
function copyProgram(root: string, from: string, to: string): void {
  copyInto(root, from, to);
  const search = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'].map((folder) => join(dockerPrograms(), folder));
  const env = { ...process.env, LD_LIBRARY_PATH: search.join(':') };
  const { stdout } = spawnSync('ldd', [from], { encoding: 'utf8', env });
  for (const [, library = ''] of stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)) {
    const ownPath = relative(dockerPrograms(), library);
    if (!ownPath.startsWith('..')) copyInto(root, library, join('/usr', ownPath.replace(/^usr\//, '')));
  }
}

function copyInto(root: string, from: string, to: string): void {
  const target = join(root, to);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(realpathSync(from), target);
}
