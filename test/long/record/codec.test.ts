import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { keyCommand } from '../../../src/codec-server/key-commands.ts';
import { newKeyFile, readKeyFile, writeKeyFile } from '../../../src/codec/key-file.ts';
import { projectRoot } from '../../../src/local/project-root.ts';
import { endless, SimulatedHome } from '../../support/campaigns/simulated-home.ts';
import { exportNamespace } from '../../support/servers/temporal-exports.ts';

/** True values that nothing else has. */
const labels = ['0.719364158', '3.192057316', '-1.447092853', '2.260318497'];

/**
 * Texts that Temporal must not hold in plain: a team's name, an operator's note, the campaign's file and labels, a presigned
 * URL. What submissions print is searched by sealing.test.ts, because simulated jobs print nothing.
 */
const canaries = ['Team 1', 'canary-in-a-note', 'id,label', 'a.bin', 'X-Amz-Signature', ...labels];

/** A text that a stranger's plain signal brings in: it shows that the search finds plain payloads. */
const plain = 'plain-text-of-a-stranger';

/** Texts that it does hold, as ids and names of steps: they show that the search works. */
const ids = ['submission:steered:s1-0', 'recordResult', 'HoldoutCampaign'];

describe('the codec keys of a home', function () {
  this.timeout(420_000);
  const home = new SimulatedHome({ teams: [1, 1, 1], slots: { g4: 3, p3: 1 }, budgetUsd: 500, unprobed: true, labels });
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
    await home.until('the new worker replies', () => true);
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

  it('stop a worker and a scorer in one sentence before they poll, and change nothing', async () => {
    const before = registered();
    const own = readKeyFile(keys);
    const zeros = new Map([...own.keys.keys()].map((id) => [id, Buffer.alloc(32)]));
    const files: Record<string, string> = {};
    for (const [name, content, mode] of [
      ['other', newKeyFile(), 0o600],
      ['disguised', { ...own, keys: zeros }, 0o600],
      ['open', own, 0o644],
    ] as const) {
      files[name] = join(home.folder, `${name}-keys.json`);
      writeKeyFile(files[name], content);
      chmodSync(files[name], mode);
    }
    const cases: [given: string | undefined, says: RegExp][] = [
      [undefined, /sealed with key \w+, and HOLDOUT_CODEC_KEYS names no key file; nothing was changed\.$/],
      [join(home.folder, 'lost-keys.json'), /lost-keys\.json cannot be used: ENOENT.*; nothing was changed\.$/],
      [files['other'], /does not fit this namespace: key \w+ is missing in it; nothing was changed\.$/],
      [files['disguised'], /key \w+ is another key under the same name; nothing was changed\.$/],
      [files['open'], /its mode is 644, so other users may read it \(chmod 600\); nothing was changed\.$/],
    ];
    for (const [given, says] of cases) {
      const both = await Promise.all((['worker', 'scorer'] as const).map((part) => startedWith(part, given)));
      for (const { status, stdout, stderr, ready } of both) {
        const [sentence = '', next = '', ...rest] = stderr.trim().split('\n');
        assert.match(sentence, says);
        assert.match(next, /^ {2}→ /);
        assert.deepEqual([status, rest, ready], [2, [], false], stderr);
        assert.doesNotMatch(stdout, /polling/);
      }
    }
    const right = await startedWith('scorer', keys, (output) => output.includes('"polling"'));
    assert.ok(right.ready, 'with the right key it polls');
    assert.deepEqual(registered(), before);
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

  const registered = (): string[] =>
    readdirSync(join(home.folder, 's3/holdout-results/.codec-keys'), { recursive: true }).map(String).toSorted();

  /** Starts another process as the stack starts this one, with another key file, until it ends or `isEnough` of its output. */
  async function startedWith(
    part: 'worker' | 'scorer',
    file: string | undefined,
    isEnough: (output: string) => boolean = () => false,
  ) {
    const read = (what: string): string[] =>
      readFileSync(`/proc/${home.pidOf(part)}/${what}`, 'utf8')
        .split('\0')
        .filter((word) => word !== '');
    const env = Object.fromEntries(
      read('environ').map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]),
    );
    const readyFile = join(home.folder, `${part}-of-the-test.ready`);
    rmSync(readyFile, { force: true });
    const { HOLDOUT_CODEC_KEYS: _, ...others } = env;
    const [program = '', ...args] = read('cmdline');
    const child = spawn(program, args, {
      env: { ...others, ...(file !== undefined && { HOLDOUT_CODEC_KEYS: file }), HOLDOUT_READY_FILE: readyFile },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (isEnough(stdout)) child.kill('SIGTERM');
    });
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const deadline = setTimeout(() => child.kill('SIGKILL'), 60_000);
    await once(child, 'close');
    clearTimeout(deadline);
    return { status: child.exitCode, stdout, stderr, ready: existsSync(readyFile) };
  }

  const refused = async (why: RegExp): Promise<void> => {
    for (const command of ['status', 'pause'] as const) {
      const args = command === 'pause' ? ['--team', 't0'] : [];
      const { status, stderr } = await home.run(command, home.campaign, ...args);
      assert.equal(status, 2, stderr);
      assert.match(stderr, why);
    }
  };
});
