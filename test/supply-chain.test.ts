import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockedPackage {
  integrity?: string;
  link?: true;
  /** It lies in the archive of another package. */
  inBundle?: true;
}

for (const folder of ['.', 'infra']) {
  describe(`the npm packages of ${folder === '.' ? 'Holdout' : folder}`, () => {
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, LockedPackage>;
    };
    const packages = Object.entries(lock.packages).filter(
      ([path, { link }]) => path.includes('node_modules/') && !link,
    );

    it('run no script of their own when they are installed', () => {
      const settings = readFileSync(join(folder, '.npmrc'), 'utf8').split('\n');
      assert.ok(settings.includes('ignore-scripts=true'), '.npmrc ignores install scripts');
    });

    it('are compared with a sha512, whichever registry they come from', () => {
      assert.ok(packages.length > 20, 'the lock file lists packages');
      // The digest of a package covers those bundled in it.
      const others = packages.filter(([, { integrity, inBundle }]) => !inBundle && !integrity?.startsWith('sha512-'));
      assert.deepEqual(
        others.map(([path]) => path),
        [],
      );
    });
  });
}

describe('every command that installs npm packages', () => {
  /** Of shell scripts, Dockerfiles and workflows, and of programs that start npm with a list of words. */
  const shell = /^(?!\s*#).*?\b(npm\s+(?:-\S+\s+)*(?:install|ci|i|add|update|exec)\b.*|npx\b.*)$/gm;
  const started = /'npm',\s*\[\s*('(?:install|ci|i|add|update|exec)'[^\]]*)\]/g;
  const tracked = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' });
  const commands = tracked.stdout.split('\n').flatMap((file) => {
    const isShell = /(^|\/)(Dockerfile[^/]*|run|[^/]+\.(sh|ya?ml))$/.test(file);
    const isProgram = /^(?!test\/).*\.(mjs|ts)$/.test(file);
    if (!isShell && !isProgram) return [];
    const found = [...readFileSync(file, 'utf8').matchAll(isShell ? shell : started)];
    return found.map(([, command = '']) => ({ file, command }));
  });

  it('is one that this test finds', () => {
    assert.deepEqual([...new Set(commands.map(({ file }) => file))].sort(), [
      '.ci/run',
      'docker/Dockerfile',
      'scripts/dependencies.mjs',
    ]);
    assert.ok([...'  if npm install --x y; then'.matchAll(shell)].length === 1, 'behind other words too');
  });

  it('runs none of their scripts, also in a folder without .npmrc', () => {
    for (const { file, command } of commands) assert.match(command, /--ignore-scripts\b/, `${file}: ${command}`);
  });

  it('of an image takes them from the lock file', () => {
    const ofImages = commands.filter(({ file }) => file.startsWith('docker/'));
    assert.ok(ofImages.length > 0, 'the image has packages');
    for (const { command } of ofImages) assert.match(command, /^npm ci /);
  });
});

describe('npm run sbom', () => {
  it('lists every package of the product with its version and digest, as CycloneDX', () => {
    const { stdout, stderr, status } = spawnSync('npm', ['run', '--silent', 'sbom'], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const { bomFormat, components } = JSON.parse(stdout) as {
      bomFormat: string;
      components: { name: string; version: string; hashes?: unknown[] }[];
    };
    assert.equal(bomFormat, 'CycloneDX');
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const hashed = new Set(components.flatMap(({ name, version, hashes }) => (hashes ? [`${name} ${version}`] : [])));
    const missing = Object.entries(dependencies).filter(([name, version]) => !hashed.has(`${name} ${version}`));
    assert.deepEqual(missing, []);
  }).timeout(60_000);
});
