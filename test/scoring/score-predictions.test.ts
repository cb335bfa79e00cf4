import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import type { PredictionsFormat } from '../../src/campaign/model/frozen-campaign.ts';
import { faultLines } from '../../src/campaign/model/prediction-faults.ts';
import { HoldoutError } from '../../src/errors.ts';
import { readLabels } from '../../src/scoring/labels.ts';
import { scorePredictions } from '../../src/scoring/score-predictions.ts';

const format: PredictionsFormat = {
  file: 'predictions.csv',
  id: 'filename',
  value: 'label',
  maxBytes: 1_000_000,
  missing: 'reject',
};
const labels = Buffer.from('filename,label\na,0\nb,1\nc,1\n');
const score = (predictions: string, given: Buffer = labels) =>
  scorePredictions({
    predictions: Readable.from([Buffer.from(predictions)]),
    labels: given,
    format,
    metric: 'log-loss',
  });

describe('scoring predictions', () => {
  it('scores a file on disk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'scoring-'));
    const predictions = join(folder, 'predictions.csv');
    await writeFile(predictions, 'filename,label\nc,0.5\nb,0.5\na,0.5\n');
    const result = await scorePredictions({ predictions, labels, format, metric: 'log-loss' });
    await rm(folder, { recursive: true });
    assert.deepEqual(result, { kind: 'scored', score: Math.LN2, items: 3 });
  });

  it('gives the same score to the last bit for every order of the rows', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `clip-${i}`);
    const truth = Buffer.from(['filename,label', ...names.map((name, i) => `${name},${i % 2}`)].join('\n'));
    const rows = names.map((name, i) => `${name},${((i * 37) % 101) / 101}`);
    const expected = await score(['filename,label', ...rows].join('\n'), truth);
    assert.equal(expected.kind, 'scored');
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(rows, { minLength: rows.length }), async (shuffled) => {
        assert.deepEqual(await score(['filename,label', ...shuffled].join('\n'), truth), expected);
      }),
      { numRuns: 50 },
    );
  });

  it('treats composed and decomposed names as equal, in labels and predictions', async () => {
    const written = ['\u00E9.mp4', 'e\u0301.mp4'];
    for (const inLabels of written) {
      const truth = Buffer.from(`filename,label\r${inLabels} ,1\rb,0\r`);
      for (const predicted of written) {
        const result = await score(`filename,label\n${predicted},0.5\nb,0.5\n`, truth);
        assert.deepEqual(result, { kind: 'scored', score: Math.LN2, items: 2 });
      }
    }
    const both = await readLabels(
      Readable.from([Buffer.from(`filename,label\n${written.join(',1\n')},0\n`)]),
      format,
      'f1',
    );
    assert.deepEqual(both.kind === 'invalid' && both.faults, ['line 3: a second label for "\u00E9.mp4", after line 2']);
  });

  it('returns the faults of an invalid file', async () => {
    assert.deepEqual(await score('filename,label\na,0.5\nb,2\n'), {
      kind: 'invalid',
      faults: ['line 3: 2 for "b" is outside [0, 1], the range of log-loss', 'no row for the input "c"'],
      count: 2,
      summary: {
        count: 2,
        kinds: { 'out-of-range': 1, 'no-row': 1 },
        first: [
          { fault: 'out-of-range', line: 3 },
          { fault: 'no-row', line: null },
        ],
      },
    });
  });

  it('summarises every kind of fault with its line and without text of the file', async () => {
    const word = 'SECRET';
    const header = 'filename,label\n';
    const files: [file: string, fault: string][] = [
      ['', 'the file is empty; it needs a header'],
      [`${word},label\n`, 'line 1: the header must name the id column and the value column once each'],
      [`${header}"${word}"x,1\n`, 'line 2: a quote is unclosed or inside a field'],
      [`${header}${word},1,2,3\n`, 'line 2: the row and the header have different numbers of columns'],
      [`${header}a,${word}\n`, 'line 2: the value is not a finite number'],
      [`${header}a,17\n`, 'line 2: the value is outside the range of the metric'],
      [`${header}\n${word},1\n`, 'line 3: the id is unknown'],
      [
        `sep=,\n${header}a,1\n`,
        'line 1: the line with "sep=" is for Excel only: remove it so that the header comes first',
      ],
      [`${header}a,1\n\x1A`, 'line 3: the row has a Ctrl-Z, the DOS end-of-file mark: remove it'],
      [`${header}a,1\x1A`, 'line 2: the row has a Ctrl-Z, the DOS end-of-file mark: remove it'],
      [`# ${word}\n${header}`, 'line 1: comments are not allowed: remove the line'],
      [`${header}# ${word}\n`, 'line 2: comments are not allowed: remove the line'],
      [`filename;label\n${word};1\n`, 'line 1: fields are not separated by commas'],
      [`{"${word}":1}\n`, 'line 1: the file is JSON, not a CSV table'],
      [`${word},0.5\na,1\n`, 'line 1: the file has no header: it begins with a row'],
      [`${header}${word},1,\n`, 'line 2: the row ends with an extra comma'],
      [`${header}a,0,5\n`, 'line 2: the value has a decimal comma: use a decimal point'],
      [
        `${header}a,50%\n`,
        'line 2: the value is not a plain number (no thousands separators, no percent sign, ASCII digits)',
      ],
      [`${header}\uFFFD${word},1\n`, 'line 2: the line is not UTF-8'],
      [`${header}a,1\na,1\n`, 'line 3: the id already has a row'],
      [`${header}${'x'.repeat(70_000)}`, 'line 2: the line is too long; the rest was not read'],
      [`${header}${word}\0`, 'the file is UTF-16, compressed or binary, not UTF-8 text'],
      [header.repeat(80_000), 'the file is larger than allowed; the rest was not read'],
    ];
    for (const [file, fault] of files) {
      const result = await score(file);
      assert.ok(result.kind === 'invalid');
      const [first] = result.summary.first;
      assert.ok(first);
      const shown = faultLines({ count: 1, kinds: { [first.fault]: 1 }, first: [first] }).at(-1);
      assert.equal(shown?.replace('1 × ', ''), fault);
      assert.doesNotMatch(JSON.stringify(result.summary), /SECRET/);
    }
  });

  it('counts the faults of each kind and keeps the first few', async () => {
    const result = await score(['filename,label', ...Array.from({ length: 5_000 }, () => 'other,1')].join('\n'));
    assert.ok(result.kind === 'invalid');
    assert.deepEqual([result.summary.count, result.summary.first.length], [5_003, 5]);
    assert.deepEqual(faultLines(result.summary).slice(0, 2), ['5000 × the id is unknown', '3 × an input has no row']);
  });

  it('throws on invalid labels without revealing any', async () => {
    const wrong = Buffer.from('filename,label\nsecret,17\n');
    await assert.rejects(score('filename,label\n', wrong), (error) => {
      assert.ok(error instanceof HoldoutError && error.code === 'LABELS_INVALID');
      assert.doesNotMatch(error.message, /secret|17/);
      return true;
    });
  });

  it("throws the stream's errors, so a failed disk is never a team's fault", async () => {
    await assert.rejects(
      scorePredictions({ predictions: '/nonexistent/predictions.csv', labels, format, metric: 'log-loss' }),
      { code: 'ENOENT' },
    );
  });
});

describe('reading labels', () => {
  const faultsOf = async (text: string, metric: 'log-loss' | 'roc-auc' | 'f1' | 'rmse'): Promise<string[]> => {
    const result = await readLabels(Readable.from([Buffer.from(text)]), format, metric);
    return result.kind === 'invalid' ? result.faults : [];
  };

  it('requires 0 or 1 unless the metric takes any number', async () => {
    const text = 'filename,label\na,0.5\nb,1\nc,0\n';
    assert.deepEqual(await faultsOf(text, 'log-loss'), ['line 2: the label 0.5 of "a" must be 0 or 1 for log-loss']);
    assert.deepEqual(await faultsOf(text, 'rmse'), []);
  });

  it('reports a duplicate input and labels for which the metric is undefined', async () => {
    assert.deepEqual(await faultsOf('filename,label\na,1\na,1\n', 'f1'), [
      'line 3: a second label for "a", after line 2',
    ]);
    assert.match((await faultsOf('filename,label\na,1\n', 'roc-auc'))[0] ?? '', /all of one class/);
    assert.match((await faultsOf('filename,label\na,0\n', 'f1'))[0] ?? '', /f1 is undefined/);
    assert.match((await faultsOf('filename,label\n', 'log-loss'))[0] ?? '', /no items/);
  });
});
