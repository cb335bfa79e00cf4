import assert from 'node:assert/strict';
import { misplacedScore } from '../../src/ledger/checked-score.ts';
import type { ScoreFile } from '../../src/ledger/score-file.ts';

describe('a score file', () => {
  const file: ScoreFile = {
    version: 1,
    runKey: 'case/s/1',
    metric: 'log-loss',
    predictions: 'p',
    result: { kind: 'scored', score: 0.25, items: 1 },
  };

  it('belongs to the run and the predictions that it names, and to no other', () => {
    assert.equal(misplacedScore(file, 'case/s/1', 'p'), undefined);
    assert.match(misplacedScore(file, 'case/s/2', 'p') ?? '', /`runKey` is not case\/s\/2/);
    assert.match(misplacedScore(file, 'case/s/1', 'q') ?? '', /`predictions` is not the sha256/);
  });

  it('of an older Holdout names no predictions', () => {
    const { predictions, ...older } = file;
    assert.equal(predictions, 'p');
    assert.equal(misplacedScore(older, 'case/s/1', 'q'), undefined);
    assert.equal(misplacedScore(file, 'case/s/1', undefined), undefined);
  });
});
