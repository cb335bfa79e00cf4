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

describe('docker/Dockerfile', () => {
  it('installs packages from the lock file, without their scripts', () => {
    const commands = [...readFileSync('docker/Dockerfile', 'utf8').matchAll(/^RUN (npm .*)$/gm)].map(([, it]) => it);
    assert.ok(commands.length > 0, 'it installs packages');
    for (const command of commands) assert.match(command ?? '', /^npm ci --ignore-scripts /);
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
