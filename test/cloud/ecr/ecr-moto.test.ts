import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { CreateRepositoryCommand, PutImageCommand, StartImageScanCommand } from '@aws-sdk/client-ecr';
import { scanVerdict } from '../../../src/images/scans/store-scan.ts';
import { ecrHostOf, type EcrHost } from '../../../src/registry/ecr-host.ts';
import { ecrClient, ecrToken } from '../../../src/registry/ecr-token.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/servers/free-port.ts';
import { setVariables } from '../../support/images/ecr-api.ts';
import { itWithPython, pythonProgram } from '../python.ts';

const repositoryName = 'holdout/submissions';

describe('the API of ECR, as moto has it', () => {
  const host = ecrHostOf('123456789012.dkr.ecr.eu-west-1.amazonaws.com') as EcrHost;
  let server: ChildProcess | undefined;
  let restore = (): void => undefined;
  after(async () => {
    restore();
    if (server === undefined) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  });

  async function start(): Promise<void> {
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    server = spawn(pythonProgram('moto_server'), ['-H', '127.0.0.1', '-p', `${port}`], { stdio: 'ignore' });
    const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    restore = setVariables({ AWS_ENDPOINT_URL_ECR: endpoint, ...credentials });
    await eventually('moto answers', () => fetch(`${endpoint}/moto-api/`).then(({ ok }) => ok));
  }

  itWithPython('gives a login for a docker configuration, and an instant at which it ends', async () => {
    await start();
    const { auth, expiresAt } = await ecrToken(host);
    assert.match(Buffer.from(auth, 'base64').toString('utf8'), /^AWS:\S+$/);
    // moto's tokens ended in 2015.
    assert.equal(new Date(expiresAt).getUTCFullYear(), 2015);
  });

  itWithPython('has a scan of an image, once it has begun', async () => {
    const client = ecrClient(host);
    await client.send(new CreateRepositoryCommand({ repositoryName }));
    const imageManifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${'1'.repeat(64)}`, size: 2 },
      layers: [],
    });
    const put = await client.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: 'v1' }));
    const imageDigest = put.image?.imageId?.imageDigest ?? '';
    const reference = `docker://${host.host}/${repositoryName}@${imageDigest}`;
    const timings = { poll: 20, longestWait: { report: 100, 'refuse-critical': 100 } };
    const verdict = (rule: 'report' | 'refuse-critical') =>
      scanVerdict({ reference, digest: imageDigest }, rule, timings);
    const absent = await verdict('report');
    assert.match(absent.kind === 'reported' ? absent.text : absent.kind, /^not known: ECR has no finished scan/);
    await client.send(new StartImageScanCommand({ repositoryName, imageId: { imageDigest } }));
    const found = await verdict('report');
    // moto pretends one finding of high severity in every image.
    assert.deepEqual(found, { kind: 'reported', text: '1 high' });
    client.destroy();
  });
});
