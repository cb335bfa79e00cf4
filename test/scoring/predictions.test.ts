import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import type { PredictionsFormat } from '../../src/campaign/model/frozen-campaign.ts';
import type { Metric } from '../../src/campaign/model/metrics.ts';
import { itemId } from '../../src/scoring/item-id.ts';
import { readPredictions } from '../../src/scoring/predictions.ts';

const format: PredictionsFormat = {
  file: 'predictions.csv',
  id: 'filename',
  value: 'label',
  maxBytes: 1_000_000,
  missing: 'reject',
};
const inputs = new Set(['a.mp4', 'b.mp4', 'c, "d".mp4']);
const good = 'filename,label\na.mp4,0.25\nb.mp4,1e-3\n"c, ""d"".mp4",1\n';

const read = (bytes: Buffer | string, overrides: { format?: Partial<PredictionsFormat>; metric?: Metric } = {}) =>
  readPredictions({
    source: Readable.from([Buffer.from(bytes)]),
    inputs,
    format: { ...format, ...overrides.format },
    metric: overrides.metric ?? 'log-loss',
  });

async function faultsOf(...args: Parameters<typeof read>): Promise<string[]> {
  const result = await read(...args);
  assert.equal(result.kind, 'invalid');
  return result.kind === 'invalid' ? result.faults : [];
}

describe('reading predictions', () => {
  it('accepts one finite number for every input', async () => {
    const result = await read(good);
    assert.deepEqual(result, {
      kind: 'valid',
      values: new Map([
        ['a.mp4', 0.25],
        ['b.mp4', 0.001],
        ['c, "d".mp4', 1],
      ]),
    });
  });

  it('accepts a byte order mark, CRLF, empty lines, any column order and unknown columns', async () => {
    const result = await read(
      '\uFEFFlabel, note ,filename\r\n\r\n 0.5 ,"x, y",a.mp4\r\n0.5,,b.mp4\r\n0.5,"""","c, ""d"".mp4"',
    );
    assert.equal(result.kind, 'valid');
  });

  it('names every fault of a file at once, with its line', async () => {
    const faults = await faultsOf(
      'filename,label\na.mp4,nan\nx.mp4,0.5\nb.mp4,1.5\nb.mp4,0.5\n"b.mp4"x,0.1\nb.mp4\n,0.5\n',
    );
    assert.deepEqual(faults, [
      'line 2: "nan" is not a finite number',
      'line 3: "x.mp4" is not an input',
      'line 4: 1.5 for "b.mp4" is outside [0, 1], the range of log-loss',
      'line 5: a second row for "b.mp4", after line 4',
      'line 6: a quote is unclosed or inside a field: "\\"b.mp4\\"x,0.1"',
      'line 7: has 1 column, but the header has 2: "b.mp4"',
      'line 8: "" is not an input',
      'no row for the input "c, \\"d\\".mp4"',
    ]);
  });

  for (const value of ['', 'inf', '-Infinity', '1e999', '0x1', '1_0', '0,5', '½', '1e', '--1', '.']) {
    it(`refuses ${JSON.stringify(value)} as a number`, async () => {
      const faults = await faultsOf(good.replace('0.25', `"${value}"`));
      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? '', /^line 2: .* is not a finite number(?:; [ a-z]+)?$/);
    });
  }

  it('requires probabilities only if the metric does', async () => {
    const file = good.replace('0.25', '-7');
    for (const metric of ['log-loss', 'accuracy', 'f1'] as const)
      assert.equal((await read(file, { metric })).kind, 'invalid');
    for (const metric of ['roc-auc', 'rmse'] as const) assert.equal((await read(file, { metric })).kind, 'valid');
  });

  it('fills missing rows with the campaign’s value, but never replaces an invalid one', async () => {
    const filled = await read('filename,label\na.mp4,0\n', { format: { missing: 0.5 } });
    assert.deepEqual(filled.kind === 'valid' && [...filled.values.values()], [0, 0.5, 0.5]);
    assert.equal((await faultsOf('filename,label\na.mp4,none\n', { format: { missing: 0.5 } })).length, 1);
  });

  it('counts all faults and lists twenty, each short and printable', async () => {
    const rows = Array.from({ length: 5_000 }, (_, row) => `${'\u202E\u001B[2J'.repeat(10)}${row},0.5`);
    const result = await read(['filename,label', ...rows].join('\n'));
    assert.equal(result.kind, 'invalid');
    if (result.kind !== 'invalid') return;
    assert.equal(result.count, 5_003);
    assert.equal(result.faults.length, 20);
    for (const fault of result.faults) {
      assert.doesNotMatch(fault, /\p{C}/u);
      assert.ok(fault.length < 500, fault);
    }
  });

  it('explains files that are not a UTF-8 table', async () => {
    assert.match((await faultsOf(''))[0] ?? '', /^the file is empty/);
    assert.match((await faultsOf('\n\n'))[0] ?? '', /^the file is empty/);
    assert.match((await faultsOf(Buffer.from(`\uFEFF${good}`, 'utf16le')))[0] ?? '', /UTF-16/);
    assert.match((await faultsOf('filename,label\na.mp4,0.5\0'))[0] ?? '', /NUL bytes/);
    assert.match((await faultsOf('filename,label,label\na.mp4,1,0'))[0] ?? '', /more than one column "label"/);
  });

  it('stops at the size limit and reports no missing rows after it', async () => {
    const faults = await faultsOf(good, { format: { maxBytes: good.length - 1 } });
    assert.deepEqual(faults, [`the file is larger than the ${good.length - 1} bytes allowed; the rest was not read`]);
    assert.equal((await read(good, { format: { maxBytes: good.length } })).kind, 'valid');
  });

  it('reads megabytes of commas, quotes and tiny rows in bounded memory', async function () {
    this.timeout(300_000);
    const bomb = fileURLToPath(new URL('predictions-bomb.ts', import.meta.url));
    // Rows are slow to parse, and 8 MiB of them are hundreds in memory.
    const bombs = [
      ['25', ','],
      ['25', '"'],
      ['8', '"\n",'],
      ['8', 'x,1\n'],
    ] as const;
    for (const [mebibytes, filling] of bombs) {
      const node = spawn(process.execPath, ['--max-old-space-size=48', '--import=tsx', bomb, mebibytes, filling], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [output] = await Promise.all([text(node.stdout), once(node, 'close')]);
      assert.equal(output, 'invalid', `with 48 MiB of heap and ${mebibytes} MiB of ${JSON.stringify(filling)}`);
    }
  });

  it('never throws on any bytes', async () => {
    const piece = fc.oneof(
      fc.constantFrom('filename', 'label', ',', '"', '\n', '\r\n', '\r', 'a.mp4', '0.5', '\uFEFF', '1e999', ' ', '\0'),
      fc.string({ unit: 'binary' }),
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
      fc.array(piece).map((pieces) => Buffer.from(pieces.join(''))),
      fc.array(piece).map((pieces) => Buffer.from(`filename,label\n${pieces.join('')}`)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (file) => {
        const result = await read(file);
        if (result.kind === 'invalid')
          assert.ok(result.count > 0 && result.faults.length === Math.min(result.count, 20));
        else assert.deepEqual(new Set(result.values.keys()), inputs);
      }),
      { numRuns: 500 },
    );
  });

  it('returns the written values for any row order and any chunks', async () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((name) => !/[\n\r\0\uFEFF]/.test(name) && name === itemId(name));
    const table = fc.uniqueArray(fc.tuple(name, fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 1,
      selector: ([name]) => name,
    });
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 50 }),
        async (rows, keys, size) => {
          const shuffled = rows.map((row) => ({ row, key: keys.next().value ?? 0 })).sort((a, b) => a.key - b.key);
          const lines = shuffled.map(({ row: [id, value] }) => `"${id.replaceAll('"', '""')}",${value}`);
          const file = Buffer.from(['filename,label', ...lines].join('\r\n'));
          const chunks = Array.from({ length: Math.ceil(file.length / size) }, (_, i) =>
            file.subarray(i * size, (i + 1) * size),
          );
          const result = await readPredictions({
            source: Readable.from(chunks),
            inputs: new Set(rows.map(([id]) => id)),
            format,
            metric: 'log-loss',
          });
          assert.deepEqual(result, { kind: 'valid', values: new Map(rows.map(([id, value]) => [id, value])) });
        },
      ),
    );
  });
});
