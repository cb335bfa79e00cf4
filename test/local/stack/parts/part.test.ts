import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placesOf } from '../../../../src/local/stack/home/home.ts';
import { readRecord, spawnPart, type Part } from '../../../../src/local/stack/parts/part.ts';
import { endProcess, isProcessRunning } from '../../../../src/local/process-identity.ts';
import { eventually } from '../../../support/eventually.ts';

describe('a part of the stack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-part-'));
  const home = placesOf(folder);
  const marker = `part-of-${process.pid}`;
  const part: Part = {
    name: 'sleeper',
    stage: 1,
    command: ['/bin/sleep', '300'],
    environment: { PATH: '/bin', MARKER: marker },
    files: {},
    program: '/bin/sleep',
    isReady: () => Promise.resolve(true),
    grace: 1_000,
  };
  /** Processes with the part's environment. */
  const alive = (): string[] =>
    readdirSync('/proc').filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`MARKER=${marker}`);
      } catch {
        return false;
      }
    });

  before(() => [home.run, home.logs].forEach((needed) => mkdirSync(needed)));
  after(() => rmSync(folder, { recursive: true }));

  it('is on record once it runs', async () => {
    const started = spawnPart(part, home);
    assert.ok(started && isProcessRunning(started.identity));
    assert.deepEqual(readRecord(home, part.name), started);
    await endProcess(started.identity, 0);
  });

  it('does not run on if it cannot be recorded, as on a full disk', async () => {
    rmSync(join(home.run, 'sleeper.json'));
    mkdirSync(join(home.run, 'sleeper.json', 'in the way'), { recursive: true });
    assert.throws(() => spawnPart(part, home), /EISDIR|ENOTEMPTY/);
    await eventually('it has ended', () => alive().length === 0);
  });
});
