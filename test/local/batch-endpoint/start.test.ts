import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { Rig, spawnEndpoint } from './endpoint-rig.ts';

/** Runs an endpoint that is expected to fail at its start. */
async function fails(...args: string[]): Promise<{ status: unknown; stderr: string }> {
  const started = spawnEndpoint(...args);
  const [status] = await once(started.child, 'close');
  return { status, stderr: started.stderr() };
}

describe('starting the local Batch endpoint', () => {
  it('serves GET /health without a signature, with the number of calls per operation', async () => {
    const rig = new Rig();
    await rig.start();
    await rig.register();
    const jobId = await rig.submit('true');
    const answer = await fetch(`${rig.url}/health`);
    const { calls, ...health } = (await answer.json()) as { calls: Record<string, number> };
    assert.deepEqual(health, { ok: true, pid: rig.endpointProcess.pid, busiestSecond: 2, throttled: 0 });
    assert.deepEqual(
      Object.entries(calls).filter(([, count]) => count > 0),
      [
        ['registerjobdefinition', 1],
        ['submitjob', 1],
      ],
    );
    assert.equal(new URL(rig.url).hostname, '127.0.0.1');
    // A job that is just starting would still write into its folder.
    await rig.reach(jobId, 'SUCCEEDED');
    await rig.remove();
  });

  it('fails at once on a busy port, names it and the variable that changes it, and touches no job', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const rig = new Rig({ port });
    const { status, stderr } = await fails(rig.file);
    assert.equal(status, 2);
    assert.match(stderr, new RegExp(`Port ${port} \\(HOLDOUT_BATCH_PORT\\) is taken`));
    assert.match(stderr, /HOLDOUT_BATCH_PORT=0/);
    holder.close();
    await rig.start();
    await rig.remove();
  });

  it('refuses to run beside another endpoint over the same folder', async () => {
    const rig = new Rig();
    await rig.start();
    const { status, stderr } = await fails(rig.file);
    assert.equal(status, 2);
    assert.match(stderr, new RegExp(`already uses the folder .*, as process ${rig.endpointProcess.pid}`));
    await rig.remove();
  });

  it('names every error in a start-up file', async () => {
    const rig = new Rig();
    const faulty = { ...rig.startUp, host: '0.0.0.0', account: '12', runner: [], queues: [{ name: 'a' }], more: 1 };
    writeFileSync(rig.file, JSON.stringify(faulty));
    const { status, stderr } = await fails(rig.file);
    assert.equal(status, 2);
    for (const named of [/host: /, /account: must be twelve digits/, /runner/, /queues\.0\.slots: /, /"more"/]) {
      assert.match(stderr, named);
    }
    assert.match((await fails('/no/such/file')).stderr, /start-up file \/no\/such\/file cannot be used/);
    assert.match((await fails()).stderr, /none was given/);
    await rig.remove();
  });
});
