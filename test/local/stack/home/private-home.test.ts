import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHome } from '../../../../src/local/stack/home/home.ts';
import { makePrivate } from '../../../../src/local/stack/home/private-home.ts';

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('a home for its owner alone', () => {
  let folder: string;
  let home: string;
  const umask = process.umask();
  beforeEach(() => {
    process.umask(0);
    folder = mkdtempSync(join(tmpdir(), 'holdout-home-'));
    home = join(folder, 'home');
  });
  afterEach(() => {
    process.umask(umask);
    rmSync(folder, { recursive: true });
  });

  /** What is reported while an open home is closed. */
  const closed = (...places: string[]): string[] => {
    const lines: string[] = [];
    makePrivate(home, places, (line) => void lines.push(line));
    return lines;
  };
  const open = (name: string, content?: string): string => {
    const path = join(home, name);
    if (content === undefined) mkdirSync(path, { recursive: true, mode: 0o777 });
    else writeFileSync(path, content, { mode: 0o666 });
    return path;
  };

  it('is made so, with all folders in it, whatever the umask', () => {
    const made = openHome(home);
    for (const path of [made.folder, made.run, made.temporal, made.batch]) assert.equal(modeOf(path), 0o700, path);
  });

  it('that was open is closed file by file, which is said with their number', () => {
    const inside = [open('s3'), open('s3/labels.csv', 'secret'), open('credentials.json', '{}'), open('results')];
    assert.deepEqual(closed('s3', 'credentials.json'), [
      `${home} was open to other users: it and 4 files inside are now yours alone`,
    ]);
    assert.deepEqual([home, ...inside].map(modeOf), [0o700, 0o700, 0o600, 0o600, 0o700]);
    chmodSync(join(home, 'credentials.json'), 0o644);
    assert.deepEqual(closed('s3', 'credentials.json'), [], 'a closed home is not searched again');
  });

  it('closes the folders of images and runs at the top alone: their content needs its modes', () => {
    const [scratch, input] = [open('scratch'), open('scratch/input')];
    closed('scratch');
    assert.deepEqual([modeOf(scratch), modeOf(input)], [0o700, 0o777]);
  });

  it('changes nothing behind a link', () => {
    const target = join(folder, 'of-somebody-else');
    writeFileSync(target, '', { mode: 0o666 });
    open('results');
    symlinkSync(target, join(home, 'credentials.json'));
    closed('credentials.json');
    assert.equal(modeOf(target), 0o666);
  });

  it('is refused while it is open and has files that are not Holdout’s, and stays as it is', () => {
    open('s3');
    open('thesis.tex', '');
    assert.throws(() => closed('s3'), { code: 'HOME_UNUSABLE', message: /other files in it/ });
    assert.equal(modeOf(home), 0o777);
  });
});
