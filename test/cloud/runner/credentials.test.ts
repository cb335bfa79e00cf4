import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as until } from 'node:timers/promises';
import { ObjectStore } from '../../../src/s3/object-store.ts';
import type { KeyPair } from '../../support/servers/s3-server.ts';
import { BatchHost, describeWithDocker } from '../batch-host.ts';
import { ContainerCredentials } from './container-credentials.ts';

const [first, second]: [KeyPair, KeyPair] = [
  { access: 'first-key', secret: 'first-secret' },
  { access: 'second-key', secret: 'second-secret' },
];

describeWithDocker('the runner, with credentials of its role that expire', function () {
  this.timeout(300_000);
  let batch: BatchHost;
  let credentials: ContainerCredentials;
  before(async () => {
    batch = await BatchHost.start();
    for (const key of [first, second]) await batch.rig.s3.addKey(key);
    // Else the container that the test waits for might be the drill of the host's first job.
    const drilled = batch.startJob(await batch.run('exit 0'));
    assert.equal(await drilled.exitCode, 0, drilled.printed());
    credentials = await ContainerCredentials.start(first, 5_000);
  });
  after(async () => {
    await credentials.stop();
    await batch.stop();
  });

  const storeOf = ({ access, secret }: KeyPair): ObjectStore =>
    new ObjectStore({ s3PathStyle: true }, { credentials: { accessKeyId: access, secretAccessKey: secret } });

  it('uploads with the key pair that its role has by then, when the one it began with is refused', async () => {
    const spec = await batch.run(
      'until [ -e /output/go ]; do sleep 0.2; done; cat /input/a.txt >/output/predictions.csv',
      {
        limits: { wallClockSeconds: 200 },
      },
    );
    const job = batch.startJob(spec, { keys: credentials.variables });
    const ended = job.exitCode.then(() => assert.fail(job.printed()));
    await Promise.race([batch.submissionOf(job.jobId), ended]);
    ended.catch(() => undefined);
    assert.ok(credentials.given.length > 0, 'nobody asked for credentials');
    const { inputs } = batch.rig.s3.buckets;
    await storeOf(first).find(inputs, spec.inputs.indexKey);
    const expiresAt = credentials.renew(second);
    await until(Math.max(0, expiresAt - Date.now()));
    await batch.rig.s3.removeKey(first);
    await assert.rejects(
      storeOf(first).find(inputs, spec.inputs.indexKey),
      /InvalidAccessKeyId|AccessDenied|not exist/,
    );
    await batch.host.inside('touch', join(batch.host.scratch, 'runs', job.jobId, 'output/go'));
    assert.equal(await job.exitCode, 0, job.printed());
    const outcome = await batch.outcome(spec);
    assert.equal(outcome?.predictions.kind, 'collected', JSON.stringify(outcome));
    assert.deepEqual([...new Set(credentials.given.map(({ access }) => access))], [first.access, second.access]);
  });
});
