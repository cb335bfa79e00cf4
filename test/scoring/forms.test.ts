import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { readPredictions } from '../../src/scoring/predictions.ts';

const page = readFileSync(new URL('../../docs/submissions/predictions.md', import.meta.url), 'utf8');
const inputs = new Set(['a.mp4', 'b.mp4', 'sub/é.mp4']);

interface Form {
  what: string;
  file: Buffer;
  /** Empty for an accepted form. */
  faults: string[];
}

/** The rows of the table under a heading of the page. */
function formsUnder(heading: string): Form[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? assert.fail(heading);
  const rows = section.split('\n').filter((line) => line.startsWith('| ') && line.includes('`'));
  return rows.map((row) => {
    const [, what = '', file = '', faults = ''] = row.split(/ *\| */);
    const text: string = JSON.parse(codesIn(file)[0] ?? assert.fail(row));
    return { what, file: Buffer.from(text, what.endsWith('(bytes)') ? 'latin1' : 'utf8'), faults: codesIn(faults) };
  });
}

const codesIn = (cell: string): string[] => Array.from(cell.matchAll(/`([^`]+)`/g), ([, code = '']) => code);

const read = (file: Buffer) =>
  readPredictions({
    source: Readable.from([file]),
    inputs,
    format: { file: 'predictions.csv', id: 'filename', value: 'label', maxBytes: 1_000_000, missing: 0.5 },
    metric: 'log-loss',
  });

describe('the documented forms of predictions', () => {
  const accepted = formsUnder('Accepted');
  const refused = formsUnder('Refused');

  it('are many', () => assert.ok(accepted.length >= 20 && refused.length >= 40));

  for (const { what, file } of accepted) {
    it(`accepts: ${what}`, async () => {
      const result = await read(file);
      assert.ok(result.kind === 'valid', JSON.stringify(result));
      const [a, b, c] = [...inputs].map((id) => result.values.get(id));
      assert.deepEqual([a, b, c], what.startsWith('Whole') ? [1, -0, 0.5] : [0.5, 0.25, 0.5]);
    });
  }

  for (const { what, file, faults } of refused) {
    it(`refuses: ${what}`, async () => {
      const result = await read(file);
      assert.deepEqual(result.kind === 'invalid' && result.faults, faults);
    });
  }

  it('give the same result in chunks of any size', async () => {
    for (const { what, file } of accepted) {
      const whole = await read(file);
      for (const size of [1, 2, 3, 7]) {
        const pieces = Array.from({ length: Math.ceil(file.length / size) }, (_, i) =>
          file.subarray(i * size, (i + 1) * size),
        );
        const cut = await readPredictions({
          source: Readable.from(pieces),
          inputs,
          format: { file: 'predictions.csv', id: 'filename', value: 'label', maxBytes: 1_000_000, missing: 0.5 },
          metric: 'log-loss',
        });
        assert.deepEqual(cut, whole, `${what}, ${size} bytes at a time`);
      }
    }
  });
});
