import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { keyCommand } from '../../src/codec-server/key-commands.ts';
import { newKeyFile, readKeyFile, writeKeyFile } from '../../src/codec/key-file.ts';
import { projectRoot } from '../../src/local/project-root.ts';
import { endless, SimulatedHome } from '../support/campaigns/simulated-home.ts';
import { exportNamespace } from '../support/servers/temporal-exports.ts';

/** Texts that Temporal must not hold in plain: a team's name, an operator's note, the campaign's file and labels, a presigned URL. */
const canaries = ['Team 1', 'canary-in-a-note', 'id,label', 'a.bin', 'X-Amz-Signature'];

/** A text that a stranger's plain signal brings in: it shows that the search finds plain payloads. */
const plain = 'plain-text-of-a-stranger';

/** Texts that it does hold, as ids and names of steps: they show that the search works. */
const ids = ['submission:steered:s1-0', 'recordResult', 'HoldoutCampaign'];

describe('the codec keys of a home', function () {
  this.timeout(300_000);
  const home = new SimulatedHome({ teams: [1, 1, 1], slots: { g4: 3, p3: 1 }, budgetUsd: 500, unprobed: true });
  const keys = join(home.folder, 'codec-keys.json');
  const copy = join(home.folder, 'codec-keys.copy');

  before(async () => {
    await home.open({ 's0-0': endless, 's1-0': endless });
    await home.begin();
    await home.until('two run', ({ counts }) => counts.running === 2 && counts.finished === 1);
    await home.command(0, 'pause', '--team', 't1', '--why', 'canary-in-a-note');
  });
  after(() => home.remove());

  it('replay the campaign with npm run replay', () => {
    const { environment } = stackOf();
    const ran = spawnSync(process.execPath, ['scripts/replay.mjs', 'campaign:steered'], {
      cwd: projectRoot(),
      env: { ...process.env, ...environment },
      encoding: 'utf8',
    });
    assert.equal(ran.status, 0, ran.stderr);
    assert.match(ran.stdout, /events fit the code/);
  });

  it('stop every command in one sentence when they are open, missing or others, and change nothing', async () => {
    copyFileSync(keys, copy);
    const acts = (): number => readdirSync(join(home.folder, 's3/holdout-results/steered/acts')).length;
    const before = acts();
    chmodSync(keys, 0o644);
    await refused(/codec-keys.json cannot be used: its mode is 644, so other users may read it/);
    rmSync(keys);
    writeKeyFile(keys, newKeyFile());
    const [missing = ''] = readKeyFile(copy).keys.keys();
    await refused(new RegExp(`does not fit this namespace: key ${missing} is missing in it; nothing was changed`));
    const other = newKeyFile();
    writeKeyFile(keys, { ...other, current: missing, keys: new Map([[missing, Buffer.alloc(32)]]) });
    await refused(new RegExp(`key ${missing} is another key under the same name; nothing was changed`));
    rmSync(keys);
    await refused(/HOLDOUT_CODEC_KEYS names no key file|codec-keys.json cannot be used/);
    copyFileSync(copy, keys);
    chmodSync(keys, 0o600);
    await home.command(0, 'status');
    assert.equal(acts(), before);
  });

  it('seal with a new one after a rotation, and the old histories are still read', async () => {
    const { connection } = home.temporal;
    const stranger = new Client({ connection, namespace: stackOf().environment['TEMPORAL_NAMESPACE'] ?? '' });
    await stranger.workflow.getHandle('campaign:steered').signal('pauseTeam', { text: plain });
    keyCommand('add-key', keys, undefined);
    const file = readKeyFile(keys);
    const [fresh = ''] = [...file.keys.keys()].filter((id) => id !== file.current);
    keyCommand('use-key', keys, fresh);
    for (const worker of ['worker', 'scorer'] as const) process.kill(home.pidOf(worker), 'SIGTERM');
    await home.command(0, 'resume', '--team', 't1');
    await home.command(0, 'abort', '--yes', '--why', 'enough');
    await home.command(3, 'watch');
    const { submissions } = await home.results();
    assert.deepEqual(
      submissions.map(({ state }) => state),
      ['cancelled', 'cancelled', 'finished'],
    );
  });

  it('leave nothing readable in Temporal’s database but ids', async () => {
    const folder = join(home.folder, 'temporal');
    const bytes = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
    await expectOnlyIds(bytes, 'the database');
  });

  it('leave nothing readable in what Temporal’s command line exports: lists, descriptions and histories', async () => {
    const exported = await exportNamespace(stackOf());
    // The campaign, its submissions and its canary, at least.
    assert.ok(exported.runs >= 5, `${exported.runs} runs`);
    assert.ok(exported.decoded.includes('binary/encrypted'), 'payloads are decoded');
    assert.ok(exported.decoded.includes(plain), 'a plain payload is found');
    const bytes = Buffer.concat([Buffer.from(exported.printed), exported.decoded]);
    await expectOnlyIds(bytes, 'the exports');
  });

  const expectOnlyIds = async (bytes: Buffer, where: string): Promise<void> => {
    const finished = await home.resultOf('s2-0');
    assert.ok(finished.score !== null && finished.score !== undefined, JSON.stringify(finished));
    for (const id of [...ids, plain]) assert.ok(bytes.includes(id), `the search finds ${id} in ${where}`);
    for (const canary of [...canaries, String(finished.score)])
      assert.ok(!bytes.includes(canary), `${canary} is in ${where}`);
  };

  const stackOf = () => {
    assert.ok(home.stack);
    return home.stack;
  };

  const refused = async (why: RegExp): Promise<void> => {
    for (const command of ['status', 'pause'] as const) {
      const args = command === 'pause' ? ['--team', 't0'] : [];
      const { status, stderr } = await home.run(command, home.campaign, ...args);
      assert.equal(status, 2, stderr);
      assert.match(stderr, why);
    }
  };
});
