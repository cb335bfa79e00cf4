import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CampaignRecord } from '../../support/campaigns/campaign-record.ts';
import { findsEveryChange } from '../../support/campaigns/every-change.ts';
import { RecordCopy } from '../../support/campaigns/record-copy.ts';
import { endless, SimulatedHome } from '../../support/campaigns/simulated-home.ts';

describe('rescore from the command line', function () {
  this.timeout(180_000);
  const home = new SimulatedHome({ teams: [2, 1, 1], slots: { g4: 4, p3: 1 }, budgetUsd: 500, unprobed: true });
  const record = new CampaignRecord(home.folder, home.campaign);
  let board = '';
  after(() => home.remove());

  const rounds = (): number[] => ['s0-0', 's0-1', 's1-0', 's2-0'].map((id) => record.chain(id).length);
  const free = /this costs nothing: the predictions of each last successful run are scored again/;

  before(async () => {
    await home.open({ 's0-1': { end: 'error' }, 's1-0': { end: 'faulty-predictions' }, 's2-0': endless });
    await home.begin();
    await home.until(
      'one finished, two failed, one runs',
      ({ counts }) => counts.finished === 1 && counts.failed === 2 && counts.running === 1,
    );
    board = await home.command(0, 'leaderboard', '--csv');
  });

  it('says which submissions it includes and omits and that it costs nothing, and does nothing without --yes', async () => {
    const output = await home.command(2, 'rescore');
    assert.match(output, /^rescore of 2 submissions of 2 teams \(s0-0, s1-0\)$/m);
    assert.match(output, /^skipped, without a successful run: s0-1$/m);
    assert.match(output, /^skipped, not ended yet: s2-0$/m);
    assert.match(output, free);
    assert.deepEqual([rounds(), record.commands().length], [[1, 1, 1, 0], 0]);
  });

  it('rescores one submission while the campaign runs, without a job', async () => {
    const jobs = await home.allJobs();
    await home.command(0, 'rescore', '--submission', 's0-0', '--yes');
    await home.until('its round has ended', () => rounds()[0] === 2);
    const [first, second] = record.chain('s0-0');
    assert.deepEqual([second?.state, second?.runs], ['finished', []]);
    assert.notEqual(second?.score?.key, first?.score?.key);
    assert.equal(second?.image, first?.image);
    assert.deepEqual(await home.allJobs(), jobs);
  });

  it('rescores every submission that failed for a given reason, and no other', async () => {
    const output = await home.command(0, 'rescore', '--reason', 'output-invalid', '--yes');
    assert.match(output, /^rescore of 1 submission of 1 team \(s1-0\)$/m);
    await home.until('its round has ended', () => rounds()[2] === 2);
    const { state, reason, detail } = await home.resultOf('s1-0');
    assert.deepEqual([state, reason, detail], ['failed', 'output-invalid', '1 fault in the predictions']);
    assert.deepEqual(rounds(), [2, 1, 2, 0]);
  });

  it('counts every submission once', async () => {
    const { counts, submissions } = await home.progress();
    assert.deepEqual([counts.finished, counts.failed, submissions], [1, 2, 4]);
  });

  it('refuses a submission without predictions, even by name', async () => {
    assert.match(await home.command(2, 'rescore', '--submission', 's0-1', '--yes'), /without a successful run: s0-1/);
    assert.match(await home.command(2, 'rescore', '--team', 't2', '--yes'), /not ended yet: s2-0/);
    assert.match(await home.command(0, 'check'), /^steered \(running\): no breach$/m);
  });

  it('opens predictions for a reason, while the campaign runs', async () => {
    assert.match(await home.command(0, 'unseal', 's0-0', '--output', '--reason', 'a team asks'), /^id,label$/m);
  });

  it('rescores a team after the end of the campaign, twice if asked twice, with the same leaderboard', async () => {
    await home.command(0, 'cancel', '--submission', 's2-0', '--yes');
    await home.command(3, 'watch');
    for (const before of [2, 3]) {
      assert.match(await home.command(0, 'rescore', '--team', 't0', '--yes'), free);
      await home.command(3, 'watch');
      assert.deepEqual(rounds(), [before + 1, 1, 2, 1]);
    }
    assert.equal(await home.command(0, 'leaderboard', '--csv'), board);
    const results = await home.results();
    record.check(results);
    assert.equal((await home.allJobs()).length, 4);
  });

  it('verifies from S3 alone and signs what it found, which openssl confirms', async () => {
    const text = await home.command(0, 'verify', '--inputs');
    assert.match(text, /^steered: the record is intact$/m);
    assert.match(text, /^unsealed: s0-0, output of run 1, by \S+, .*: "a team asks"$/m);
    const folder = join(home.folder, 'results', home.campaign);
    const check = 'pkeyutl -verify -pubin -inkey record-key.pem -rawin -in verification.json -sigfile verification.sig';
    const checked = (): string => spawnSync('openssl', check.split(' '), { cwd: folder, encoding: 'utf8' }).stdout;
    assert.match(checked(), /Signature Verified Successfully/);
    const summary = readFileSync(join(folder, 'verification.json'), 'utf8');
    writeFileSync(join(folder, 'verification.json'), summary.replace('"intact"', '"changed"'));
    assert.doesNotMatch(checked(), /Successfully/);
    const key = statSync(join(home.folder, 'record-keys', `${home.campaign}.pem`));
    assert.equal(key.mode & 0o777, 0o600);
  });

  it('finds every changed byte, removed, swapped, cut and added object', async () => {
    const copy = RecordCopy.of(home.folder);
    const names = copy.all(home.campaign).map(([name]) => name);
    for (const name of ['spec.json', 'claim', 'outcome.json'])
      assert.ok(names.includes(`holdout-runs/steered/_canary-g4/1/${name}`), `a canary’s ${name} is among them`);
    assert.ok(names.includes('holdout-results/steered/canaries/g4/1.json'), 'a canary’s record is among them');
    const tried = await findsEveryChange(copy, home.campaign, join(home.folder, 'seal-keys'));
    assert.ok(tried > 300, `${tried} changes`);
  });

  it('refuses results of a tampered ledger, naming the object, and has no option that ignores it', async () => {
    const file = join(home.folder, 's3', 'holdout-results', home.campaign, 'ledger', 's0-1', '1.json');
    const body = readFileSync(file, 'utf8');
    writeFileSync(file, body.replace('"failed"', '"fainted"'));
    for (const command of ['results', 'leaderboard', 'rescore', 'verify']) {
      const { status, stdout, stderr } = await home.run(command, home.campaign);
      assert.match(
        stdout + stderr,
        /holdout-results\/steered\/ledger\/s0-1\/1\.json/,
        `${command}: ${stdout}${stderr}`,
      );
      assert.equal(status, 1, command);
    }
    assert.match(await home.command(2, 'results', '--ignore-verification'), /unknown option/);
  });
});
