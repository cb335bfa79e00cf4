import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  campaignPattern,
  campaignWorkflowId,
  canaryWorkflowId,
  memberPattern,
  parseRunKey,
  runKeyOf,
  subjectOf,
  submissionWorkflowId,
  taskQueues,
} from '../src/ids.ts';
import { runObjects, resultObjects } from '../src/object-keys.ts';

const campaign = fc.stringMatching(campaignPattern);
const member = fc.stringMatching(memberPattern);
const n = fc.integer({ min: 1, max: 1e6 });

describe('ids', () => {
  it('of campaigns are lower-case letters, digits and hyphens, at most 40', () => {
    for (const good of ['a', '0', 'deepfake-final', 'a'.repeat(40)]) assert.match(good, campaignPattern);
    for (const bad of ['', '-a', 'A', 'a b', 'a/b', 'a:b', 'a.b', 'a_b', 'a\n', 'a'.repeat(41)]) {
      assert.doesNotMatch(bad, campaignPattern);
    }
  });

  it('of teams and submissions begin with a letter or digit, at most 64', () => {
    for (const good of ['a', 'Team_7', '2.1-x', '123', 'constructor', 'Z'.repeat(64)])
      assert.match(good, memberPattern);
    for (const bad of ['', '.', '..', '.a', '-a', '_a', '__proto__', 'a/b', 'a:b', 'a b', 'é', 'a\n', 'Z'.repeat(65)]) {
      assert.doesNotMatch(bad, memberPattern);
    }
  });

  it('of workflows are unique for every submission', () => {
    assert.equal(campaignWorkflowId('case'), 'campaign:case');
    assert.equal(submissionWorkflowId('case', 's-1'), 'submission:case:s-1');
    fc.assert(
      fc.property(campaign, member, campaign, member, (a, b, c, d) => {
        const same = submissionWorkflowId(a, b) === submissionWorkflowId(c, d);
        assert.equal(same, a === c && b === d);
      }),
    );
  });

  it('of workflows say what they are about, and other ids nothing', () => {
    fc.assert(
      fc.property(campaign, member, n, (campaign, member, n) => {
        assert.deepEqual(subjectOf(campaignWorkflowId(campaign)), { campaign });
        assert.deepEqual(subjectOf(submissionWorkflowId(campaign, member)), { campaign, submission: member });
        assert.deepEqual(subjectOf(canaryWorkflowId(campaign, member, n)), { campaign, class: member, run: n });
      }),
    );
    const others = ['', 'case', 'campaign:', 'campaign:a:b', 'submission:a', 'submission:a:', 'submission::b'];
    for (const other of [...others, 'submission:a:b:c', 'canary:a:b', 'canary:a:b:', 'canary:a:b:1:c', 'run:a', ':a'])
      assert.equal(subjectOf(other), undefined, other);
  });

  it('of runs are parsed from their key', () => {
    assert.equal(runKeyOf('case', 's-1', 3), 'case/s-1/3');
    fc.assert(
      fc.property(campaign, member, n, (campaign, submission, n) => {
        assert.deepEqual(parseRunKey(runKeyOf(campaign, submission, n)), { campaign, submission, n });
      }),
    );
  });

  it('of runs are parsed from nothing else', () => {
    for (const bad of [
      '',
      'a',
      'a/b',
      'a/b/',
      'a//1',
      '/b/1',
      'a/b/0',
      'a/b/01',
      'a/b/-1',
      'a/b/1.5',
      'a/b/x',
      'a/b/1/c',
    ]) {
      assert.throws(() => parseRunKey(bad), RangeError, bad);
    }
  });

  it('of objects begin with their campaign and never collide', () => {
    const key = runKeyOf('case', 's', 1);
    const keys = [
      ...Object.values(runObjects).map((make) => make(key)),
      resultObjects.campaign('case'),
      resultObjects.manifest('case'),
      resultObjects.ledger('case', 's', 1),
      resultObjects.score('case', 's', 1, 1),
      resultObjects.score('case', 's', 1, 2),
      resultObjects.score('case', 's', 12, 1),
      resultObjects.work('case', '0'),
      resultObjects.added('case', '0'),
      resultObjects.act('case', 1),
      resultObjects.leaderboard('case'),
      resultObjects.results('case'),
    ];
    assert.equal(new Set(keys).size, keys.length);
    for (const key of keys) assert.ok(key.startsWith('case/'), key);
    assert.ok(resultObjects.ledger('case', 's', 1).startsWith(resultObjects.ledgerFolder('case')));
    assert.ok(resultObjects.added('case', '0').startsWith(resultObjects.addedFolder('case')));
    assert.ok(resultObjects.act('case', 1).startsWith(resultObjects.actsFolder('case')));
  });

  it('of task queues are the five names that workers are started with', () => {
    assert.deepEqual(Object.values(taskQueues), [
      'holdout-main',
      'holdout-images',
      'holdout-submit',
      'holdout-await',
      'holdout-score',
    ]);
  });
});
