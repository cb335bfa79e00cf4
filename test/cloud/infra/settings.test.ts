import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { faultySettings } from '../../../infra/checks/faulty-settings.ts';
import { settings as sample } from '../../../infra/checks/sample-settings.ts';
import { settings as own } from '../../../infra/settings.ts';
import { faultsOf } from '../../../infra/src/settings/faults.ts';
import { describeWithCdk, infraFolder } from './rig.ts';

/** What a program of infra/ says about a file of settings. */
function checked(program: string, file: string, ...args: string[]): { status: number | null; lines: string[] } {
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', program, ...args], {
    cwd: infraFolder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOLDOUT_INFRA_SETTINGS: file },
  });
  return { status, lines: stderr.trimEnd().split('\n') };
}

const last = '→ Correct the file and run the same command again; nothing was written or deployed.';

describe('the settings of infra/', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'holdout infra '));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (text: string): string => {
    const path = join(folder, 'settings.ts');
    writeFileSync(path, text);
    return relative(infraFolder, path);
  };

  for (const { name, change, says } of faultySettings) {
    it(`are refused with ${name}`, () => {
      const faults = faultsOf({ ...sample, ...change });
      assert.ok(
        faults.some((fault) => says.test(fault)),
        faults.join('\n'),
      );
    });
  }

  it('are those of the file, without a fault', () => {
    assert.deepEqual(checked('check-settings.ts', './settings.ts', 'synth'), {
      status: 0,
      lines: ['holdout: infra/settings.ts: prefix example-'],
    });
  });

  it('are not deployed with the prefix of the example', () => {
    const { status, lines } = checked('check-settings.ts', './settings.ts');
    assert.deepEqual([status, lines[0]], [2, 'holdout: infra/settings.ts: the prefix example- is that of the example']);
    assert.match(lines[1] ?? '', /^→ Set HOLDOUT_INFRA_SETTINGS to your own file/);
  });

  it('are refused in plain lines and with status 2', () => {
    assert.deepEqual(checked('check-settings.ts', './checks/empty-prefix-settings.ts'), {
      status: 2,
      lines: [
        'holdout: infra/checks/empty-prefix-settings.ts:',
        '  prefix: it is empty; bucket names are global, so holdout-labels may belong to a stranger',
        last,
      ],
    });
  });

  it('may lie outside the clone, named by an absolute path with any characters', () => {
    const path = join(folder, 'my #1 settings 100%.ts');
    writeFileSync(path, `export const settings = ${JSON.stringify({ ...own, prefix: '' })};`);
    const { status, lines } = checked('check-settings.ts', path);
    assert.deepEqual([status, lines[0]], [2, `holdout: ${path}:`]);
    writeFileSync(path, `export const settings = ${JSON.stringify({ ...own, prefix: 'mine-' })};`);
    assert.deepEqual(checked('check-settings.ts', path), { status: 0, lines: [`holdout: ${path}: prefix mine-`] });
  });

  const { prefix: _, ...withoutPrefix } = own;
  const broken: [what: string, text: string, says: RegExp][] = [
    [
      'a syntax error',
      'export const settings = { region: };',
      /^holdout: \S.*settings\.ts cannot be read: 1:34: Unexpected "}"$/,
    ],
    ['a missing setting', `export const settings = ${JSON.stringify(withoutPrefix)};`, /^ {2}prefix: it is missing$/],
    [
      'a misspelt setting',
      `export const settings = ${JSON.stringify({ ...own, diskGib: 100 })};`,
      /^ {2}diskGib: there is no such setting$/,
    ],
    [
      'text for a number',
      `export const settings = ${JSON.stringify({ ...own, zones: '2' })};`,
      /^ {2}zones: it is no number$/,
    ],
    [
      'a class without a queue',
      `export const settings = ${JSON.stringify({ ...own, classes: [{ ...own.classes[0], queue: undefined }] })};`,
      /^ {2}classes\[0\]\.queue: it is missing$/,
    ],
    ['no settings', 'export const other = 1;', /^ {2}settings: the file has to export them/],
    ['a module that does not exist', "import x from 'no-such-module'; export const settings = x;", /no-such-module/],
  ];
  for (const [what, text, says] of broken) {
    it(`are refused with ${what}, without a stack trace`, () => {
      const { status, lines } = checked('check-settings.ts', file(text));
      assert.equal(status, 2);
      assert.ok(
        lines.some((line) => says.test(line)),
        lines.join('\n'),
      );
      assert.doesNotMatch(lines.join('\n'), /^ +at /m);
      assert.equal(lines.at(-1), last);
    });
  }
});

describeWithCdk('the synthesis of infra/', function () {
  this.timeout(60_000);
  it('says the same of faulty settings, and nothing else', () => {
    const { status, lines } = checked('app.ts', './checks/empty-prefix-settings.ts');
    assert.deepEqual([status, lines.length, lines.at(-1)], [2, 3, last]);
  });
});
