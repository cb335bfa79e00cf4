import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FrozenCampaign } from '../../../src/campaign/model/frozen-campaign.ts';
import { Names } from '../../../src/campaign/pseudonyms/names.ts';
import { blindCampaign } from '../../../src/client/pseudonyms/blind-campaign.ts';
import { namesOf, shownError } from '../../../src/client/pseudonyms/names-of-campaign.ts';
import { holdoutError, HoldoutError } from '../../../src/errors.ts';
import { checkCampaign } from '../../../src/intake/check-campaign.ts';
import type { FreezeResult } from '../../../src/intake/compare-with-started.ts';
import { freezeCampaign } from '../../../src/intake/freeze-campaign.ts';
import { FrozenReader } from '../../../src/ledger/frozen-reader.ts';
import { resultObjects } from '../../../src/object-keys.ts';
import { bucketsOf } from '../../../src/settings.ts';
import { ShownLog } from '../../../src/worker/shown-log.ts';
import { WorkflowRuns } from '../../../src/worker/workflow-runs.ts';
import { StoreRig } from '../../ledger/store-rig.ts';
import { writeCampaignFolder } from '../../support/campaigns/simulated-campaign.ts';

describe('a campaign with pseudonyms', () => {
  const home = mkdtempSync(join(tmpdir(), 'blind-'));
  const homeBefore = process.env['HOLDOUT_HOME'];
  const buckets = bucketsOf({ bucketPrefix: '' });
  let rig: StoreRig;
  let file: string;
  let frozen: FrozenCampaign;

  before(async () => {
    process.env['HOLDOUT_HOME'] = home;
    rig = await StoreRig.start();
    const shape = { campaign: 'blind', teams: [2, 1], slots: { g4: 1, p3: 1 }, budgetUsd: 100, blind: true as const };
    file = await writeCampaignFolder(join(home, 'campaign'), shape);
    ({ frozen } = await start());
  });
  after(async () => {
    await rig.stop();
    rmSync(home, { recursive: true });
    if (homeBefore === undefined) delete process.env['HOLDOUT_HOME'];
    else process.env['HOLDOUT_HOME'] = homeBefore;
  });

  const access = () => ({ store: rig.store, buckets, results: rig, frozen: new FrozenReader(rig) });
  async function start(): Promise<FreezeResult> {
    const { blind, codes } = blindCampaign(await checkCampaign(file, new Date()));
    const own = codes ? { pseudonymCodes: codes } : {};
    const recordKey = (): string => 'a public key';
    return freezeCampaign({ store: rig.store, buckets, report: () => undefined, recordKey, ...own }, blind);
  }

  it('has them in its manifest, from a secret that only the owner of the home reads', async () => {
    assert.equal(frozen.teamNames, 'pseudonyms');
    const { teams } = await new FrozenReader(rig).manifest('blind');
    const [first = '', second = ''] = teams.map(({ submissions: [row] }) => row?.pseudonym?.team);
    assert.match(first, /^team-[a-z2-9]{5}$/);
    assert.deepEqual(
      teams.flatMap(({ submissions }) => submissions.map(({ pseudonym }) => pseudonym?.submission)),
      [`${first}/1`, `${first}/2`, `${second}/1`],
    );
    const { mode, size } = statSync(join(home, 'pseudonym-secrets', 'blind'));
    assert.deepEqual([mode & 0o777, size], [0o600, 32]);
  });

  it('keeps them when it is started again without the secret, and gives new rows the next ones', async () => {
    const known = await namesOf(access(), 'blind');
    rmSync(join(home, 'pseudonym-secrets'), { recursive: true });
    assert.deepEqual(await start(), { frozen, appended: [] });
    const rows = join(dirname(file), 'submissions.csv');
    const more = ['zz-canary-1,ZZ Canary 1,zz-canary-1.model-1', 'zz-canary-2,ZZ Canary 2,zz-canary-2.model-0'];
    writeFileSync(
      rows,
      readFileSync(rows, 'utf8') + more.map((row) => `${row},image.tar,2026-01-01T00:00:00Z\n`).join(''),
    );
    const { appended } = await start();
    const [again, other] = appended.map(({ row }) => row.pseudonym);
    assert.deepEqual(again, {
      team: known.team('zz-canary-1'),
      submission: `${known.team('zz-canary-1')}/2`,
    });
    assert.match(other?.submission ?? '', /^team-[a-z2-9]{5}\/1$/);
  });

  it('shows names to none of its operators, neither in errors nor in logs, until its results are published', async () => {
    const hidden = await namesOf(access(), 'blind');
    const [team, submission] = [hidden.team('zz-canary-0'), hidden.submission('zz-canary-0.model-1')];
    assert.equal(submission, `${team}/2`);
    const key = resultObjects.ledger('blind', 'zz-canary-0.model-1', 1);
    const thrown = await shownError(access(), 'blind', holdoutError('OBJECT_MISSING', { bucket: 'results', key }));
    assert.ok(thrown instanceof HoldoutError && thrown.code === 'OBJECT_MISSING');
    assert.match(thrown.message, new RegExp(`blind/ledger/${submission}/1\\.json`));
    assert.doesNotMatch(thrown.message + thrown.next, /canary/i);

    const reader = new FrozenReader(rig);
    const log = new ShownLog(reader, new WorkflowRuns());
    const line = (): string =>
      JSON.stringify(
        log.fields({
          workflowId: 'submission:blind:zz-canary-0.model-1',
          attempt: 3,
          error: new Error(`s3://images/blind/zz-canary-0.model-1.tar of ZZ Canary 0 is not there`),
          label: 'for zz-canary-0',
        }),
      );
    assert.match(line(), /"workflowId":"submission:blind:team-\?\/\?".*"attempt":3|"attempt":3.*team-\?\/\?/);
    assert.match(line(), /"campaign":"blind","submission":"team-\?\/\?"/);
    await reader.manifest('blind');
    assert.doesNotMatch(line(), /canary/i);
    assert.ok(line().includes(`"workflowId":"submission:blind:${submission}"`), line());
    assert.ok(line().includes(`"campaign":"blind","submission":"${submission}"`), line());

    await rig.store.write(buckets.results, resultObjects.results('blind'), '{}');
    const published = await namesOf(access(), 'blind');
    assert.equal(published.team('zz-canary-0'), 'zz-canary-0');
    assert.equal(published.realSubmission(submission), 'zz-canary-0.model-1');
    assert.doesNotMatch(line(), /canary/i);
  });

  it('refuses a file that shows names, and a campaign that was started without them takes any file', async () => {
    const yaml = readFileSync(file, 'utf8');
    writeFileSync(file, `${yaml}teamNames: shown\n`);
    const isChange = (error: unknown): boolean =>
      error instanceof HoldoutError && /teamNames: was "pseudonyms", now "shown"/.test(error.message);
    await assert.rejects(start(), isChange);
    writeFileSync(file, yaml.replace('campaign: blind', 'campaign: older'));
    const { blind } = blindCampaign(await checkCampaign(file, new Date()));
    const { teamNames: _later, ...rules } = blind;
    const older = { ...rules, submissions: blind.submissions.map(({ pseudonym: _none, ...row }) => row) };
    const dependencies = { store: rig.store, buckets, report: () => undefined };
    const { frozen: known } = await freezeCampaign(dependencies, older);
    assert.ok(!('teamNames' in known));
    assert.deepEqual(await start(), { frozen: known, appended: [] });
    assert.ok(!(await namesOf(access(), 'older')).isHidden);
    const fields = { workflowId: 'submission:older:zz-canary-0.model-0' };
    const reader = new FrozenReader(rig);
    await reader.campaign('older');
    const named = { campaign: 'older', submission: 'zz-canary-0.model-0' };
    assert.deepEqual(new ShownLog(reader, new WorkflowRuns()).fields(fields), { ...fields, ...named });
    writeFileSync(file, yaml);
  });

  it('of a pilot are never resolved', async () => {
    const { blind } = blindCampaign(await checkCampaign(file, new Date()));
    const pilot = { ...blind, campaign: 'blind-pilot' };
    await freezeCampaign({ store: rig.store, buckets, report: () => undefined }, pilot);
    await rig.store.write(buckets.results, resultObjects.results('blind-pilot'), '{}');
    const names = await namesOf(access(), 'blind-pilot');
    const same = new Names('blind', blind.submissions, true);
    assert.equal(names.team('zz-canary-0'), same.team('zz-canary-0'));
  });
});
