import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Takes a second and records its start and its end. */
const npm = `#!/bin/sh
echo begin >>"$NOTES"
rm -rf node_modules
mkdir node_modules
sleep 1
echo package >node_modules/package
echo end >>"$NOTES"
`;

/** The first step of every command; prints what it finds afterwards. */
const command = `
import { readFileSync } from 'node:fs';
import { ensureDependencies } from './dependencies.mjs';
ensureDependencies();
process.stdout.write(readFileSync('node_modules/package', 'utf8'));
`;

describe('two commands in a fresh clone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-clone-'));
  const notes = join(folder, 'notes');
  const run = () =>
    execute(process.execPath, ['scripts/command.mjs'], {
      cwd: folder,
      env: { PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter), NOTES: notes },
    });
  after(() => rmSync(folder, { recursive: true, force: true }));

  before(() => {
    for (const name of ['scripts', 'bin', 'dist']) mkdirSync(join(folder, name));
    for (const name of ['dependencies.mjs', 'lock.mjs']) cpSync(join('scripts', name), join(folder, 'scripts', name));
    writeFileSync(join(folder, 'scripts', 'command.mjs'), command);
    writeFileSync(join(folder, 'package-lock.json'), '{}');
    writeFileSync(join(folder, 'bin', 'npm'), npm);
    chmodSync(join(folder, 'bin', 'npm'), 0o755);
  });

  it('install once while the others wait and report for whom; no command sees a partial install, a dead holder blocks none', async () => {
    writeFileSync(join(folder, 'dist', '.install.lock'), JSON.stringify({ pid: 2 ** 22, startTime: 'another boot 1' }));
    const all = await Promise.all([run(), run(), run()]);
    assert.deepEqual(
      all.map(({ stdout }) => stdout),
      ['package\n', 'package\n', 'package\n'],
    );
    assert.equal(readFileSync(notes, 'utf8'), 'begin\nend\n');
    const messages = all.map(({ stderr }) => stderr).sort();
    assert.match(messages[0] ?? '', /installing the npm packages/);
    for (const waited of messages.slice(1))
      assert.match(waited, /waiting for process \d+, which is installing the npm packages/);
    assert.deepEqual((await run()).stderr, '');
  });
});
