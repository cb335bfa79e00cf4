import assert from 'node:assert/strict';
import { commandsOf, appendCommands, type RecordedCommand } from '../../src/ledger/command-log.ts';
import { acceptedCommand, StoreRig } from './store-rig.ts';
import { sha256 } from '../../src/sha256.ts';
import { resultObjects } from '../../src/object-keys.ts';

describe('the log of operators’ commands', () => {
  let rig: StoreRig;
  before(async () => {
    rig = await StoreRig.start();
  });
  after(() => rig.stop());

  const append = (campaign: string, first: number, commands: RecordedCommand[]): Promise<void> =>
    appendCommands(rig, campaign, first, commands);
  const pause = acceptedCommand({ name: 'pauseTeam', message: { team: 'one', by: 'ann' } });
  const close = acceptedCommand({ name: 'close', message: {} });
  const refused = { ...acceptedCommand(null), refused: 'there is no team two' };

  it('numbers commands across calls, each with the digest of the one before', async () => {
    await append('chain', 1, [pause, refused]);
    await append('chain', 3, [close]);
    const commands = await commandsOf(rig, 'chain');
    assert.deepEqual(
      commands.map(({ sequence, message, refused }) => [sequence, message?.name ?? null, refused]),
      [
        [1, 'pauseTeam', undefined],
        [2, null, 'there is no team two'],
        [3, 'close', undefined],
      ],
    );
    const bytes = await Promise.all(
      [1, 2].map((sequence) => rig.store.read(rig.bucket, resultObjects.act('chain', sequence))),
    );
    assert.deepEqual(
      commands.map(({ predecessor }) => predecessor),
      [null, ...bytes.map(sha256)],
    );
  });

  it('reads more than nine commands in order', async () => {
    await append(
      'ten',
      1,
      Array.from({ length: 12 }, () => pause),
    );
    const commands = await commandsOf(rig, 'ten');
    assert.deepEqual(
      commands.map(({ sequence }) => sequence),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    );
    assert.deepEqual(await commandsOf(rig, 'te'), []);
  });

  it('accepts the same commands again, but no others in their place', async () => {
    await append('again', 1, [pause, close]);
    await append('again', 1, [pause, close]);
    await append('again', 2, [close]);
    await assert.rejects(append('again', 2, [pause]), { code: 'OBJECT_DIFFERS' });
    assert.equal((await commandsOf(rig, 'again')).length, 2);
  });

  it('refuses a command whose predecessor is missing', async () => {
    await assert.rejects(append('gap', 2, [pause]), { code: 'OBJECT_MISSING' });
  });
});
