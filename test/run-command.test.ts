import assert from 'node:assert/strict';
import { runCommand } from '../src/run-command.ts';

const node = (program: string): ReturnType<typeof runCommand> => runCommand(process.execPath, ['-e', program]);

describe('running a program', () => {
  it('returns its output as text and as the bytes that it wrote', async () => {
    const { status, stdout, bytes } = await node('process.stdout.write(Buffer.from([0x61, 0xff]))');
    assert.deepEqual([status, stdout, [...bytes]], [0, 'a\u{fffd}', [0x61, 0xff]]);
  });

  it('ends one that writes without end, and says so', async () => {
    const { status, stderr } = await node("const more = () => process.stdout.write('x'.repeat(2 ** 20), more); more()");
    assert.deepEqual([status, stderr], [null, 'wrote more than 16 MiB']);
  });
});
