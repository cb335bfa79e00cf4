import assert from 'node:assert/strict';
import { Rig, rigKey } from '../../local/batch-endpoint/endpoint-rig.ts';
import { itWithPython, pythonProgram, runPython } from '../python.ts';
import { freePort } from '../../support/servers/free-port.ts';
import { ServerProcess } from '../server-process.ts';

/** What moto does otherwise; docs/fidelity.md says why the endpoint does not follow it. */
const otherwise = {
  'a revision by its number': [],
  refused: {
    'unknown queue': 'ClientException 400',
    'unknown definition': 'ClientException 400',
    'bad job name': 'accepted',
    'terminating an unknown job': 'accepted',
    'list of an unknown queue': 'ClientException 400',
  },
};

interface Seen {
  facts: Record<string, unknown>;
  deviations: string[];
}

describe('the local Batch endpoint beside moto', () => {
  const machine = { instanceType: 'c5.large', vcpus: 1, memoryMiB: 4_000, gpus: 0 };
  const rig = new Rig({ queues: [{ name: 'gpu', slots: 4, machine }], runner: ['/bin/sh', '-c', 'true'] });
  let moto: ServerProcess | undefined;
  before(() => rig.start());
  after(async () => {
    await moto?.stop();
    await rig.remove();
  });

  itWithPython('answers the same client code alike, wherever both can do a thing', async () => {
    const port = await freePort();
    moto = await ServerProcess.start(pythonProgram('moto_server'), ['-p', String(port)], port, '/moto-api/data.json');
    // Jobs end at once, without Docker.
    await fetch(`${moto.url}/moto-api/config`, {
      method: 'POST',
      body: JSON.stringify({ batch: { use_docker: false } }),
    });
    const program = 'test/cloud/batch/same_client.py';
    const seen = (url: string, kind: 'moto' | 'endpoint'): Promise<Seen> =>
      runPython(program, [url, rigKey.accessKeyId, rigKey.secretAccessKey, kind]);
    const [here, there] = await Promise.all([seen(rig.url, 'endpoint'), seen(moto.url, 'moto')]);
    const refused = { ...(here.facts['refused'] as object), ...otherwise.refused };
    assert.deepEqual(there.facts, { ...here.facts, ...otherwise, refused });
    // The check by the service model finds what is wrong: moto's answers are not all by the model.
    for (const deviation of ['ContainerDetail.vcpus: not a whole number', 'JobDefinition: retryStrategy is null']) {
      assert.ok(there.deviations.includes(deviation), deviation);
      assert.ok(!here.deviations.includes(deviation), deviation);
    }
  });
});
