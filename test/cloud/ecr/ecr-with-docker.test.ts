import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { RunSpec } from '../../../src/campaign/model/run-spec.ts';
import type { HoldoutError } from '../../../src/errors.ts';
import { ContainerEngine } from '../../../src/runner/sandbox/engine.ts';
import type { EngineImage } from '../../../src/runner/sandbox/engine-image.ts';
import { provideImage } from '../../../src/runner/stage/image.ts';
import { DockerHost } from '../../support/docker-host.ts';
import { buildImage } from '../../support/images/oci-image.ts';
import { EcrRig, faults, pushImage, type RegistryRequest } from './ecr-rig.ts';
import { describeWithRegistry } from './password-registry.ts';

const isPull = ({ agent, path }: RegistryRequest): boolean =>
  agent.startsWith('docker/') && path.includes('/manifests/');
const isLayer = ({ agent, path }: RegistryRequest): boolean => agent.startsWith('docker/') && path.includes('/blobs/');

describeWithRegistry('Docker with ECR', () => {
  let ecr: EcrRig;
  let host: DockerHost;
  before(async () => {
    // The engine gets the way to the registry from the environment of this process.
    ecr = await EcrRig.start('eu-docker-1');
    host = await DockerHost.start();
  });
  after(async () => {
    await host.stop();
    await ecr.stop();
  });
  afterEach(() => {
    ecr.onRequest = () => undefined;
  });

  let images = 0;
  /** A new image in the store. */
  async function image(): Promise<RunSpec['image']> {
    const built = buildImage(join(ecr.folder, 'layout'), `i${(images += 1)}`, { script: `echo ${images}` });
    return pushImage(ecr, 'store', built);
  }
  /** Provides an image as a run does, and returns it and the files that the run's folder then has. */
  async function provide(wanted: RunSpec['image']): Promise<{ provided: EngineImage; left: string[] }> {
    const folder = join(host.scratch, 'runs', `job-${images}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const engine = new ContainerEngine({ name: 'docker', command: host.command, runFlags: [] });
    const stop = new AbortController().signal;
    const provided = await provideImage({ engine, image: wanted, scratch: host.scratch, folder, stop });
    return { provided, left: readdirSync(folder) };
  }
  const ownLogin = (): string => {
    const file = join(homedir(), '.docker/config.json');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };

  it('pulls by digest with a login of the role that is gone afterwards', async () => {
    const before = ecr.issued;
    const login = ownLogin();
    const wanted = await image();
    const { provided, left } = await provide(wanted);
    assert.deepEqual(left, []);
    const digests = await host.docker('image', 'inspect', '--format={{json .RepoDigests}}', provided.id);
    assert.deepEqual(JSON.parse(digests), [wanted.reference.replace('docker://', '')]);
    assert.equal(ownLogin(), login);
    assert.equal(ecr.issued - before, 1);
    for (const secret of ecr.secrets) assert.ok(!JSON.stringify(provided).includes(secret));
  });

  for (const [point, when] of [
    [isPull, 'between the inspection and the pull'],
    [isLayer, 'while a layer is pulled'],
  ] as const) {
    for (const inWords of [true, false])
      it(`pulls although the login expires ${when}, refused ${inWords ? 'in the words of ECR' : 'by the registry'}`, async () => {
        const wanted = await image();
        const before = ecr.issued;
        let expiries = 0;
        ecr.when(point, () => {
          expiries += 1;
          ecr.expire({ inWords });
        });
        await provide(wanted);
        assert.equal(expiries, 1);
        assert.equal(ecr.issued - before, 1);
      });
  }

  it('is repeated when the registry limits the rate', async () => {
    const wanted = await image();
    let refusals = 0;
    ecr.when(isPull, () => ((refusals += 1), faults.throttled));
    assert.deepEqual((await provide(wanted)).left, []);
    assert.equal(refusals, 1);
  });

  it('tells a refusal in the words of ECR, without repeating it', async () => {
    const wanted = await image();
    ecr.onRequest = (request) =>
      isPull(request) || request.path.includes('/manifests/') ? faults.forbidden : undefined;
    await assert.rejects(provide(wanted), ({ code, message }: HoldoutError) => {
      assert.equal(code, 'IMAGE_COPY_FAILED');
      assert.match(message, /not authorized to perform: ecr:InitiateLayerUpload .*check the rights of this role/);
      return true;
    });
  });
});
