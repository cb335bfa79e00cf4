import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CampaignResults, SubmissionSummary } from '../../src/ledger/results.ts';
import { projectRoot } from '../../src/local/project-root.ts';
import { CampaignHome, resultsOf } from '../support/campaign-command.ts';
import { writeCases, writeDeviceCases, writeLayoutCases } from './first-contact/campaign.ts';
import type { Expected } from './first-contact/case.ts';
import { cases } from './first-contact/cases.ts';
import { deviceCases } from './first-contact/device-cases.ts';
import { layoutCampaigns } from './first-contact/layout-cases.ts';

describe('submissions from teams new to Holdout', function () {
  this.timeout(240_000);
  const home = new CampaignHome();
  let onProcessors: CampaignResults;
  let onDevices: CampaignResults;
  after(() => home.remove());

  let withLayouts: CampaignResults[];
  // All campaigns use one stack, which is up until the home is removed; the small ones run at the same time.
  before(async () => {
    const stack = home.start(['local', 'up']);
    await stack.until('the stack is up', () => existsSync(join(home.folder, 'stack.json')));
    onProcessors = await resultsAfter(await writeCases(home.folder));
    const small = [await writeDeviceCases(home.folder), ...(await writeLayoutCases(home.folder))];
    const [devices, ...layouts] = await Promise.all(small.map(resultsAfter));
    assert.ok(devices);
    onDevices = devices;
    withLayouts = layouts;
  });

  const resultsAfter = async (file: string): Promise<CampaignResults> => {
    const ended = await home.run('start', file, '--json');
    assert.equal(ended.status, 0, ended.stderr);
    return resultsOf(ended);
  };

  for (const [name, { expected }] of Object.entries(cases)) {
    it(`${name}: ${describeExpected(expected)}`, () => check(submissionOf(onProcessors, name), expected));
  }
  for (const [name, { expected, reasons }] of Object.entries(deviceCases)) {
    it(`${name}: ${reasons.map((reason) => reason ?? 'succeeds').join(', then ')}`, () => {
      const submission = submissionOf(onDevices, name);
      check(submission, expected);
      assert.deepEqual(
        submission.runs.map(({ reason }) => reason),
        reasons,
      );
    });
  }

  for (const [campaign, { cases: handedIn }] of Object.entries(layoutCampaigns)) {
    for (const [name, { expected }] of Object.entries(handedIn)) {
      it(`${campaign}, ${name}: ${describeExpected(expected)}`, () => {
        const results = withLayouts.find((one) => one.campaign === campaign);
        assert.ok(results);
        check(submissionOf(results, name), expected);
      });
    }
  }

  it('shows that an image failed because its root is read-only, and which setting allows writes', async () => {
    const { stdout, stderr } = await home.run('show', 'first-contact', 'writes-root-fs');
    assert.match(stdout.replaceAll(/\s+/g, ' '), shownReadOnly, stderr);
  });

  it('agrees with docs/submissions/whose-fault.md, which lists every failure seen here', () => {
    const documented = documentedFaults();
    const seen = [...onProcessors.submissions, ...onDevices.submissions];
    for (const [name, { reason, who }] of documented) {
      const { runs, ...ended } = submissionOf({ submissions: seen }, name);
      assert.equal(reason, ended.reason ?? runs[0]?.reason ?? '', name);
      assert.equal(who, reason === '' ? '' : 'team', name);
    }
    const failures = seen.filter(({ state }) => state === 'failed').map(({ submission }) => submission);
    assert.deepEqual(
      failures.filter((name) => !documented.has(name)),
      [],
    );
  });

  it('never blames the platform for a team’s fault', () => {
    for (const { submissions } of [onProcessors, onDevices, ...withLayouts])
      assert.deepEqual(
        submissions.filter(({ fault }) => fault !== null && fault !== 'team'),
        [],
      );
  });
});

const shownReadOnly =
  /state failed: submission-error, the team’s fault.*the rest of its file system is read-only.*The host can allow other paths with `rootFilesystem: writable`.*exit 7/;

function check(submission: SubmissionSummary, expected: Expected): void {
  const { state, reason, detail, runs, score } = submission;
  const shown = JSON.stringify({ state, reason, detail, runs });
  assert.equal(state, expected.state, shown);
  if (expected.state === 'finished') {
    assert.ok(score !== null && Math.abs(score - (expected.score ?? score)) < 1e-9, shown);
    return;
  }
  assert.equal(reason, expected.reason, shown);
  assert.equal(runs.length, expected.runs, shown);
  if (expected.detail) assert.match(detail ?? '', expected.detail, shown);
  if (expected.rule !== undefined) assert.equal(runs.at(-1)?.facts?.rule, expected.rule, shown);
}

function describeExpected(expected: Expected): string {
  return expected.state === 'finished' ? 'finishes' : `${expected.reason} after ${expected.runs} runs`;
}

function submissionOf({ submissions }: Pick<CampaignResults, 'submissions'>, name: string): SubmissionSummary {
  const found = submissions.find(({ submission }) => submission === name);
  assert.ok(found, name);
  return found;
}

/** The rows of docs/submissions/whose-fault.md that name a case, by case. */
function documentedFaults(): Map<string, { reason: string; who: string }> {
  const rows = readFileSync(join(projectRoot(), 'docs', 'submissions', 'whose-fault.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\|.*\| *`[a-z0-9-]+` *\|$/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
  return new Map(rows.map(([, , , reason = '', who = '', , name = '']) => [name, { reason, who }]));
}
