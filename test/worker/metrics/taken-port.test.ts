import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { build } from '../../../scripts/build.mjs';
import { freePorts } from '../../support/servers/free-port.ts';

describe('a worker whose ports for metrics are taken', function () {
  this.timeout(60_000);
  let from = 0;
  let taken: Server | undefined;
  before(async () => {
    await build();
    from = await freePorts(2);
  });
  afterEach(() => taken?.close());

  for (const [what, further] of [
    ['its own', 0],
    ['the SDK’s', 1],
  ] as const) {
    it(`does not start if it is ${what}, and says which`, async () => {
      taken = createServer().listen(from + further, '127.0.0.1');
      await once(taken, 'listening');
      const { status, stderr } = spawnSync(process.execPath, ['dist/worker.mjs'], {
        env: { PATH: process.env['PATH'], HOLDOUT_STACK: 'embedded', HOLDOUT_METRICS: String(from) },
        encoding: 'utf8',
        timeout: 50_000,
      });
      assert.equal(status, 2, stderr);
      assert.match(
        stderr,
        new RegExp(
          `cannot serve its metrics at 127\\.0\\.0\\.1:${from + further} \\(HOLDOUT_METRICS\\): .*in use`,
          'i',
        ),
      );
    });
  }
});
