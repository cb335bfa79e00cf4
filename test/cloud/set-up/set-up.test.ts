import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkOf, newKeyFile, readKeyFile, writeKeyFile } from '../../../src/codec/key-file.ts';
import { itWithPython } from '../python.ts';
import { cases } from './cases.ts';
import { fakeClockFault, SetUp } from './set-up.ts';

/** What was not done; a campaign that runs is no business of a command that only looks. */
const effect =
  /nothing was (uploaded or started|started|changed)|takes no tasks|No job definition was registered|Its running jobs continue/;

/** What a user must never have to read. */
const unhelpful = /UnknownError|Failed to (start|query) Workflow|\n +at /;

describe('a remote stack', function () {
  this.timeout(120_000);
  let opened: Promise<SetUp> | undefined;
  const open = (): Promise<SetUp> => (opened ??= SetUp.open());
  after(async () => (await opened)?.close());

  itWithPython('with everything passes each check, and a dry run lists the calls of a campaign', async () => {
    const setUp = await open();
    const file = setUp.campaign('complete');
    const dry = await setUp.run('client', ['start', file, '--dry-run']);
    assert.equal(dry.status, 0, dry.said);
    assert.match(
      dry.printed,
      /^worker +batch:SubmitJob +2 to \d+ +holdout-g4, holdout-g6, holdout-c5; host-holdout-runner-/m,
    );
    assert.match(dry.printed, /^start +s3:PutObject +5 +host-holdout-inputs\/final/m);
    assert.match(dry.said, /nothing was uploaded or started/);
    assert.deepEqual(await setUp.objects(), []);
    const doctor = await setUp.run('client', ['doctor', '--aws', file]);
    assert.equal(doctor.status, 0, doctor.printed + doctor.said);
    assert.doesNotMatch(doctor.printed, /^MISSING/m);
    for (const what of [
      'account',
      'clock',
      'queue holdout-c5',
      'definition of g6.xlarge',
      'runner image',
      'job role',
    ]) {
      assert.match(doctor.printed, new RegExp(`^ok +${what} `, 'm'));
    }
    // moto has no simulator, and what nobody decided is not ok.
    for (const role of ['operator', 'worker', 'scorer', 'runner']) {
      assert.match(doctor.printed, new RegExp(`^note +rights of ${role} +not checked`, 'm'));
    }
  });

  describe('whose doctor looks at the codec keys', () => {
    const lineOf = async (changes: NodeJS.ProcessEnv): Promise<{ line: string; status: number | null }> => {
      const setUp = await open();
      const { printed, status } = await setUp.run('client', ['doctor', '--aws'], changes);
      const lines = printed.split('\n');
      const at = lines.findIndex((line) => /^\w+ +codec keys /.test(line));
      return { line: lines.slice(at, at + 2).join(' '), status };
    };
    const keyFile = async (name: string, mode = 0o600): Promise<string> => {
      const file = join((await open()).folder, name);
      writeKeyFile(file, newKeyFile(), { fresh: true });
      chmodSync(file, mode);
      return file;
    };

    itWithPython('names a key file that is missing, that others may read, and that is none', async () => {
      const readable = await keyFile('readable.json', 0o644);
      const other = join((await open()).folder, 'other.json');
      writeFileSync(other, '{}', { mode: 0o600 });
      for (const [HOLDOUT_CODEC_KEYS, why] of [
        [`${other}.missing`, /no such file/],
        [readable, /mode is 644/],
        [other, /is invalid/],
      ] as const) {
        const { line, status } = await lineOf({ HOLDOUT_CODEC_KEYS });
        assert.match(
          line,
          /^MISSING +codec keys +The codec key file \S+ cannot be used: .* → Restore the file from a copy/,
        );
        assert.match(line, why);
        assert.equal(status, 2);
      }
    });

    itWithPython('says that payloads are plain, and which keys the namespace needs', async () => {
      const setUp = await open();
      assert.match(
        (await lineOf({})).line,
        /^note +codec keys +HOLDOUT_CODEC_KEYS is not set: Temporal holds payloads/,
      );
      const HOLDOUT_CODEC_KEYS = await keyFile('own.json');
      const first = await lineOf({ HOLDOUT_CODEC_KEYS });
      assert.match(
        first.line,
        /^ok +codec keys +\S+, current key \w{8}, which is not used yet; it has every key of namespace complete \(0\) /,
      );
      const { current, keys } = readKeyFile(HOLDOUT_CODEC_KEYS);
      await setUp.registerKey(current, checkOf(keys.get(current) ?? assert.fail('no current key')));
      try {
        assert.match(
          (await lineOf({ HOLDOUT_CODEC_KEYS })).line,
          /^ok +codec keys +\S+, current key \w{8}; it has every key of namespace complete \(1\) /,
        );
        assert.match((await lineOf({})).line, /^MISSING +codec keys .*HOLDOUT_CODEC_KEYS names no key file/);
        const stranger = await lineOf({ HOLDOUT_CODEC_KEYS: await keyFile('stranger.json') });
        assert.match(stranger.line, /^MISSING +codec keys .* key \w{8} is missing in it/);
        assert.equal(stranger.status, 2);
      } finally {
        await setUp.unregisterKey(current);
      }
    });
  });

  for (const { what, take, give, env, clock, edit, command, says, next } of cases) {
    const title = `without ${what} is refused in one sentence, before anything is uploaded`;
    const fault = clock === undefined ? undefined : fakeClockFault();
    if (fault !== undefined) {
      it.skip(`${title} (${fault})`);
      continue;
    }
    itWithPython(title, async () => {
      const setUp = await open();
      const file = setUp.campaign(`case-${cases.findIndex((one) => one.what === what)}`, edit);
      await take?.(setUp);
      const before = await setUp.objects();
      try {
        const { program, args } = command ?? { program: 'client', args: ['start', file, '--yes', '--detach'] };
        const { status, said, printed } = await setUp.run(program, args, env, clock);
        const [sentence = '', step = ''] = said.split('\n');
        assert.equal(status, 2, said + printed);
        assert.match(sentence, says);
        assert.match(step, /^ {2}→ /);
        assert.match(step, next);
        assert.doesNotMatch(said + printed, unhelpful);
        assert.match(said, effect);
        assert.deepEqual(await setUp.objects(), before);
      } finally {
        await give?.(setUp);
      }
    });
  }
});
