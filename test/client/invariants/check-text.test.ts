import assert from 'node:assert/strict';
import { judge, unjudged } from '../../../src/campaign/invariants/judge.ts';
import { Names } from '../../../src/campaign/pseudonyms/names.ts';
import { shown } from '../../../src/campaign/pseudonyms/shown.ts';
import type { CampaignCheck } from '../../../src/client/invariants/check-invariants.ts';
import { checkReport, checkText } from '../../../src/client/invariants/check-text.ts';
import { cleanCampaign, jobOf, runningCampaign } from '../../campaign/invariants/clean-campaign.ts';

const counts = { rounds: 3, records: 1, workflows: 2, jobs: 5, claims: 4 };
const checkOf = (facts = cleanCampaign()): CampaignCheck => ({
  campaign: 'case',
  phase: facts.phase,
  counts,
  ...judge(facts),
  unchecked: ['the inputs'],
});

describe('what check prints', () => {
  it('is a verdict on each invariant, the orphans, and what was compared and not', () => {
    assert.deepEqual(checkText(checkOf(), 1.25).split('\n'), [
      'case (ended): no breach',
      '  I1 nothing lost: holds',
      '  I2 one final state: holds',
      '  I3 no paid work twice: holds',
      '  I4 nothing left over: holds',
      'orphans: 0 jobs without a workflow, 0 workflows without a job, 0 containers without a claim',
      'checked in 1.3 s: 3 rounds, 1 record, 2 workflows, 5 jobs, 4 claims',
      'not checked: the inputs',
    ]);
  });

  it('is a line for each breach and each orphan', () => {
    const clean = cleanCampaign();
    const jobs = [...clean.jobs, jobOf('x', 'case/b/1', { state: 'running', exitCode: null, billedSeconds: 0 })];
    const text = checkText(checkOf({ ...clean, jobs }), 1);
    assert.match(text, /^case \(ended\): 1 breach$/m);
    assert.match(text, /^  I4 nothing left over: broken\n    case\/b\/1: job x has not ended$/m);
    assert.match(text, /^orphans: 1 job without a workflow, 0 workflows without a job, 1 container without a claim$/m);
    assert.match(
      text,
      /^  job x of case\/b\/1: no workflow follows it\n  job x works on case\/b\/1 without its claim$/m,
    );
    const waits = checkText(checkOf({ ...runningCampaign(), jobs: clean.jobs }), 1);
    assert.match(waits, /^  submission:case:d waits for case\/d\/1: Batch knows no job of it$/m);
  });

  it('says what a record that cannot be understood leaves open', () => {
    const changed = unjudged([{ part: 'record', bucket: 'results', key: 'case/', what: 'not JSON' }]);
    const text = checkText({ campaign: 'case', phase: 'unknown', counts: undefined, ...changed, unchecked: [] }, 1);
    assert.match(text, /^case \(unknown\): 1 breach\n  I1 nothing lost: not judged\n  I2 one final state: broken$/m);
    assert.doesNotMatch(text, /checked in/);
  });

  it('names no team of a blind campaign in any breach, neither in words nor in JSON', () => {
    const rows = ['zz-1', 'zz-2'].map((submission, n) => ({
      submission,
      team: `yy-${n}`,
      pseudonym: { submission: `team-k7m4x/${n}`, team: 'team-k7m4x' },
    }));
    const run = (submission: string) => ({ run: `case/${submission}/1` });
    const check: CampaignCheck = {
      ...checkOf(),
      breaches: [
        { invariant: 'I1', kind: 'record-lost', submission: 'zz-1', sequence: 1, workflow: 'submission:case:zz-1' },
        { invariant: 'I3', kind: 'job-of-other-run', ...run('zz-1'), job: 'j', other: 'case/zz-2/1' },
        { invariant: 'I3', kind: 'job-booked-twice', job: 'j', runs: ['case/zz-1/1', 'case/zz-2/1'] },
        { invariant: 'I2', kind: 'object', bucket: 'results', key: 'case/ledger/zz-1/1.json', what: 'it is missing' },
      ],
      orphans: {
        jobsWithoutWorkflow: [{ job: 'j', ...run('zz-1') }],
        workflowsWithoutJob: [{ workflow: 'submission:case:zz-2', ...run('zz-2') }],
        containersWithoutClaim: [],
      },
    };
    const hidden = shown(check, new Names('case', rows, true));
    for (const text of [checkText(hidden, 1), JSON.stringify(checkReport(hidden))]) {
      assert.doesNotMatch(text, /zz-|yy-/);
      assert.match(text, /team-k7m4x\/0/);
    }
    assert.match(
      JSON.stringify(checkReport(check)),
      /"text":"submission:case:zz-1 has completed, and there is no record/,
    );
  });
});
