import assert from 'node:assert/strict';
import { commandLine } from '../../../src/client/commands/command-line.ts';
import { commandTable } from '../../../src/client/commands/command-table.ts';

describe('the command line', () => {
  const output = { say: () => {}, result: () => {} };
  const lineFor = (...args: string[]) => commandLine(args, output, () => {});

  it('shows the same help for a loaded and an unloaded command', async () => {
    const general = (await lineFor('--help')).commands.map((command) => command.name());
    assert.deepEqual(general, Object.keys(commandTable));
    for (const [name, { description, takes, hasOptions }] of Object.entries(commandTable)) {
      const loaded = (await lineFor('--stack', 'embedded', name)).commands.find((command) => command.name() === name);
      assert.ok(loaded, name);
      assert.equal(loaded.description(), description);
      assert.equal(loaded.options.length > 0, hasOptions, name);
      assert.equal(loaded.registeredArguments.length, takes.length, name);
      assert.ok(
        loaded.options.every(({ long }) => long !== '--any'),
        name,
      );
    }
  });
});
