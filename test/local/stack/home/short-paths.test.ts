import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { claimStorage } from '../../../../src/local/tools/container-storage.ts';
import { openIdentity } from '../../../../src/local/stack/home/home-identity.ts';
import { openHome, placesOf } from '../../../../src/local/stack/home/home.ts';
import { closeShortPaths, openShortPaths } from '../../../../src/local/stack/home/short-paths.ts';
import { oddFolder } from '../../../support/odd-folder.ts';

describe('the short paths of a home', () => {
  const { root, folder } = oddFolder('holdout-short');
  const homes = ['first', 'moved', 'copied', 'old'].map((name) => join(folder, name));
  const [first = '', moved = '', copied = '', old = ''] = homes;
  after(() => {
    for (const home of homes) closeShortPaths(placesOf(home));
    rmSync(root, { recursive: true, force: true });
  });

  it('are short and private, whatever the home’s own path is, and are created again when they are gone', () => {
    const home = openHome(first);
    const paths = openShortPaths(home);
    for (const path of [paths.engineRun, paths.engineTemporary]) assert.ok(path.length <= 50, path);
    assert.ok(join(paths.containers, 'storage').length < 60);
    assert.equal(readlinkSync(paths.home), home.folder);
    assert.equal(statSync(paths.folder).mode & 0o777, 0o700);
    chmodSync(paths.folder, 0o755);
    openShortPaths(home);
    assert.equal(statSync(paths.folder).mode & 0o777, 0o700, 'an open one is closed');
    rmSync(paths.folder, { recursive: true });
    assert.deepEqual(openShortPaths(home), paths);
    assert.ok(existsSync(paths.scratch));
  });

  it('stay when the home is moved, and a copy gets its own', () => {
    const before = openShortPaths(openHome(first));
    renameSync(placesOf(first).folder, placesOf(moved).folder);
    assert.deepEqual(openShortPaths(openHome(moved)), before);
    assert.equal(readlinkSync(before.home), placesOf(moved).folder);
    cpSync(placesOf(moved).folder, placesOf(copied).folder, { recursive: true });
    const copy = openShortPaths(openHome(copied));
    assert.notEqual(copy.folder, before.folder);
    assert.equal(openIdentity(placesOf(copied)).namespace, openIdentity(placesOf(moved)).namespace);
    assert.equal(readlinkSync(before.home), placesOf(moved).folder);
  });

  it('are refused if another user created them', () => {
    const home = openHome(moved);
    const paths = openShortPaths(home);
    rmSync(paths.folder, { recursive: true });
    mkdirSync(paths.folder);
    chownSync(paths.folder, 65_534, 65_534);
    assert.throws(() => openShortPaths(home), /not a folder of user 0/);
    rmSync(paths.folder, { recursive: true });
  });

  it('replace older ones: podman storage used under another path is emptied once', async () => {
    const home = openHome(old);
    mkdirSync(home.temporal, { recursive: true });
    writeFileSync(join(home.temporal, '1.29.1.db'), '');
    const stored = join(home.containers, 'storage', 'libpod');
    mkdirSync(stored, { recursive: true });
    // A home from an older version: its history is in Temporal's default namespace.
    assert.equal(openIdentity(home).namespace, 'default');
    await claimStorage(home, openShortPaths(home));
    assert.ok(!existsSync(stored));
    mkdirSync(stored, { recursive: true });
    await claimStorage(home, openShortPaths(home));
    assert.ok(existsSync(stored));
  });
});
