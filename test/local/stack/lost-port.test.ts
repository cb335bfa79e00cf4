import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { Worker } from 'node:worker_threads';
import { HoldoutError } from '../../../src/errors.ts';
import { placesOf } from '../../../src/local/stack/home/home.ts';
import type { Stack } from '../../../src/local/stack/open-stack.ts';
import type { Ports } from '../../../src/local/stack/parts/ports.ts';
import type { StackFile } from '../../../src/local/stack/prepare-parts.ts';
import { StackRig } from './stack-rig.ts';

/** Listens on a port of this machine from the moment of the call, which blocks until then. */
function listenAtOnce(port: number): Worker {
  const isListening = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { workerData: { port, isListening } } = require('node:worker_threads');
    require('node:net').createServer().listen(port, '127.0.0.1', () => Atomics.notify(isListening, 0, Atomics.store(isListening, 0, 1)));`,
    { eval: true, workerData: { port, isListening } },
  );
  assert.notEqual(Atomics.wait(isListening, 0, 0, 10_000), 'timed-out');
  return worker;
}

describe('a stack one of whose ports is taken between the choice and the start', function () {
  this.timeout(120_000);
  let rig: StackRig;
  let other: Worker | undefined;
  let stack: Stack | undefined;
  beforeEach(() => {
    rig = new StackRig();
    stack = undefined;
    return rig.prepare();
  });
  afterEach(async () => {
    await other?.terminate();
    await stack?.close();
    rig.remove();
  });

  const chosen = (): Ports => (JSON.parse(readFileSync(placesOf(rig.home).stack, 'utf8')) as StackFile).ports;

  /** Takes a port as soon as it is chosen; returns it. */
  function takeAtTheLastMoment(name: keyof Ports): { report: (line: string) => void; taken: () => number } {
    let taken = 0;
    const report = (line: string): void => {
      rig.lines.push(line);
      if (taken > 0 || !line.startsWith('starting Temporal')) return;
      taken = chosen()[name];
      other = listenAtOnce(taken);
    };
    return { report, taken: () => taken };
  }

  for (const name of ['temporalMetrics', 's3', 'batch'] as const) {
    it(`starts with another: ${name}`, async () => {
      const { report, taken } = takeAtTheLastMoment(name);
      stack = await rig.open({ report });
      assert.ok(taken() > 0);
      assert.notEqual(chosen()[name], taken());
      assert.match(rig.lines.join('\n'), /another program took a port that was free before/);
    });
  }

  it('does not start if that port was requested, and says who has it', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as { port: number };
    probe.close();
    const { report } = takeAtTheLastMoment('s3');
    await assert.rejects(rig.open({ report, ports: { temporal: 0, ui: 0, s3: port, batch: 0 } }), (error: unknown) => {
      assert.ok(error instanceof HoldoutError);
      assert.equal(error.code, 'PORT_BUSY');
      assert.match(error.message, new RegExp(`${port}.*${process.pid}`));
      return true;
    });
  });
});
