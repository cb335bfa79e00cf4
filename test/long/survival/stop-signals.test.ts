import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../support/eventually.ts';
import { StackRig } from '../../local/stack/stack-rig.ts';

/** A worker that does not end at SIGTERM. */
const deaf = `
import { writeFileSync } from 'node:fs';
writeFileSync(process.env.HOLDOUT_READY_FILE, '{}');
setInterval(() => undefined, 1000);
process.on('SIGTERM', () => undefined);
`;
/** The same, and never ready. */
const neverReady = deaf.replace(/^writeFileSync.*$/m, '');
/** A worker that takes two seconds to end. */
const slow = `${deaf}process.on('SIGTERM', () => setTimeout(() => process.exit(0), 2_000));`;

type Opener = ChildProcessByStdio<null, null, Readable>;

describe('a stack whose command is asked to stop', function () {
  this.timeout(120_000);
  const rig = new StackRig();
  before(() => rig.prepare());
  after(() => rig.remove());

  const command = [
    process.execPath,
    '--import',
    'tsx',
    fileURLToPath(new URL('../../local/stack/stopped-opener.ts', import.meta.url)),
    rig.home,
    rig.programs,
  ];

  /** Starts the command and waits for a line of it. */
  async function opened(worker: string, line: string): Promise<{ opener: Opener; said: () => string }> {
    rig.rebuildWorker(worker);
    const [program = '', ...args] = command;
    const opener = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    opener.stderr.setEncoding('utf8').on('data', (more: string) => (text += more));
    await eventually(line, () => text.includes(line), { withinMs: 60_000 });
    return { opener, said: () => text };
  }

  const ended = async (opener: Opener, within: number): Promise<number | null> => {
    const begun = Date.now();
    if (opener.exitCode === null && opener.signalCode === null) await once(opener, 'exit');
    assert.ok(Date.now() - begun < within, `it took ${Date.now() - begun} ms`);
    await eventually('nothing is left', () => rig.processes().length === 0, { withinMs: 5_000 }).catch(() =>
      assert.deepEqual(rig.processes(), []),
    );
    return opener.exitCode;
  };

  it('ends everything at once at a second Ctrl-C, also what does not end by itself', async () => {
    const { opener, said } = await opened(deaf, 'up\n');
    opener.kill('SIGINT');
    await delay(1_500);
    assert.equal(opener.exitCode, null, 'the workers have twelve seconds');
    opener.kill('SIGINT');
    assert.equal(await ended(opener, 8_000), 130);
    assert.match(said(), /stopping the stack; run the same command again to continue\nending everything at once\n$/);
  });

  it('counts the Ctrl-C that npm passes on as the same one', async () => {
    const { opener, said } = await opened(slow, 'up\n');
    opener.kill('SIGINT');
    await delay(50);
    opener.kill('SIGINT');
    const begun = Date.now();
    assert.equal(await ended(opener, 20_000), 130);
    assert.ok(Date.now() - begun > 1_500, 'the workers had their time');
    assert.doesNotMatch(said(), /at once/);
  });

  it('leaves nothing if it is stopped twice while it starts', async () => {
    const { opener } = await opened(neverReady, 'starting Temporal');
    await eventually('a worker runs', () => rig.processes().some((line) => line.includes('worker.mjs')), {
      withinMs: 60_000,
    });
    opener.kill('SIGTERM');
    await delay(1_500);
    opener.kill('SIGTERM');
    assert.notEqual(await ended(opener, 8_000), null, 'no signal killed it');
  });

  it('ends everything at once at a second Ctrl-C of the command that stops it', async () => {
    const { opener } = await opened(deaf, 'up\n');
    const ofDown = `import('./src/local/commands/local-down.ts').then(async ({ localDown }) => {
      process.exit(await localDown((line) => process.stderr.write(line + '\\n')));
    });`;
    const down = spawn(process.execPath, ['--import', 'tsx', '-e', ofDown], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, HOLDOUT_HOME: rig.home },
    });
    let said = '';
    down.stderr.setEncoding('utf8').on('data', (more: string) => (said += more));
    await eventually('it stops the stack', () => said.includes('to stop it'), { withinMs: 20_000 });
    down.kill('SIGINT');
    await delay(1_500);
    assert.equal(down.exitCode, null, 'the workers have twelve seconds');
    down.kill('SIGINT');
    assert.equal(await ended(down, 8_000), 0, said);
    assert.match(
      said,
      /still stopping the stack; .*\nending everything at once\n.* is stopped; its data is untouched\n$/,
    );
    await ended(opener, 1_000);
  });

  it('stops when nobody reads what it writes', async () => {
    const { opener } = await opened(slow, 'up\n');
    opener.stderr.destroy();
    process.kill(rig.pidOf('s3'), 'SIGKILL');
    assert.equal(await ended(opener, 30_000), 141);
  });

  it('stops when its terminal is closed', async () => {
    rig.rebuildWorker(slow);
    const inTerminal = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    const terminal = spawn('script', ['-qec', inTerminal, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'] });
    let text = '';
    terminal.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
    await eventually('it is up', () => /^up\r?$/m.test(text), { withinMs: 60_000 });
    assert.ok(rig.processes().length > 3, 'servers run');
    terminal.kill('SIGKILL');
    await eventually('nothing is left', () => rig.processes().length === 0, { withinMs: 30_000 });
  });
});
