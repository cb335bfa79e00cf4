import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../../src/run-command.ts';
import { HoldoutError } from '../../../src/errors.ts';
import { ImageStore } from '../../../src/images/store/image-store.ts';
import { digestOf, fetchImage } from '../../../src/images/store/registry-image.ts';
import { GateRig } from '../../support/images/gate-rig.ts';
import { setVariables } from '../../support/images/ecr-api.ts';
import { ociEntries, sha256, tarOf } from '../../support/images/image-archives.ts';
import { account, EcrRig, faults, type RegistryRequest } from './ecr-rig.ts';
import { describeWithRegistry } from './password-registry.ts';

const limits = { imageBytes: 2 ** 24, unpackedBytes: 2 ** 25 };
const isUpload = ({ method, path }: RegistryRequest): boolean => method === 'PUT' && path.includes('/blobs/uploads/');
const isManifestPut = ({ method, path }: RegistryRequest): boolean => method === 'PUT' && path.includes('/manifests/');
const isBlobGet = ({ method, path }: RegistryRequest): boolean => method === 'GET' && path.includes('/blobs/');

describeWithRegistry('ECR as image store', () => {
  let gate: GateRig;
  let ecr: EcrRig;
  let store: ImageStore;
  let restore: () => void;
  let rigs = 0;
  before(async () => {
    gate = await GateRig.start();
  });
  after(() => gate.stop());
  beforeEach(async () => {
    // Another region is another host, with logins of its own.
    ecr = await EcrRig.start(`eu-${'abcdefghijklmnop'[rigs++]}-1`);
    store = new ImageStore(`docker://${ecr.host}/store`);
    // Other processes have logins in the usual folder.
    restore = setVariables({ HOLDOUT_SCRATCH: join(ecr.folder, 'scratch') });
  });
  afterEach(async () => {
    assert.deepEqual(existsSync(scratch()) ? readdirSync(scratch()) : [], []);
    restore();
    await ecr.stop();
  });

  const layoutOf = async (text: string): Promise<[layout: string, digest: string]> => {
    const { layout, digest } = await gate.accepted(await tarOf(await ociEntries({ text, layers: 2 })));
    return [layout, digest];
  };
  const scratch = (): string => process.env['HOLDOUT_SCRATCH'] ?? '';
  /** The digest that skopeo reads with the newest login. */
  async function digestAt(reference: string): Promise<string> {
    const args = ['inspect', '--raw', '--creds', `AWS:${ecr.secrets.at(-2)}`, reference];
    const { bytes, stderr } = await runCommand('skopeo', args, { timeout: 30_000 });
    return bytes.length === 0 ? stderr : `sha256:${sha256(bytes)}`;
  }
  function assertNoSecrets(text: string): void {
    for (const secret of ecr.secrets) assert.ok(!text.includes(secret), text);
  }

  it('takes a run of copies with one login', async () => {
    for (const text of ['a', 'b', 'c']) {
      const [layout, digest] = await layoutOf(text);
      const stored = await store.put(layout, digest, `c/${text}`);
      assert.equal(stored.reference, `docker://${ecr.host}/store@${digest}`);
      assert.equal(await digestAt(stored.reference), digest);
    }
    assert.equal(ecr.issued, 1);
  });

  for (const [inWords, how] of [
    [true, 'in the words of ECR'],
    [false, 'by the registry itself'],
  ] as const) {
    it(`takes a run of copies whose logins expire between copies and within them, refused ${how}`, async () => {
      let expiries = 0;
      const expire = (): void => {
        expiries += 1;
        ecr.expire({ inWords });
      };
      const points = [isUpload, isManifestPut, ({ method }: RegistryRequest) => method === 'HEAD', 'before'] as const;
      for (const [n, point] of points.entries()) {
        const [layout, digest] = await layoutOf(`${how} ${n}`);
        if (point === 'before') expire();
        else ecr.when(point, expire);
        const stored = await store.put(layout, digest, `c/${n}`);
        assert.equal(await digestAt(stored.reference), digest);
      }
      assert.equal(expiries, points.length);
      assert.equal(ecr.issued, 1 + points.length);
    });
  }

  it('gives a submitted image whose login expires while a layer is fetched', async () => {
    const [layout, digest] = await layoutOf('submitted');
    const { reference } = await store.put(layout, digest, 'c/submitted');
    assert.equal(await digestOf(reference), digest);
    const folder = await gate.fresh();
    ecr.when(isBlobGet, () => ecr.expire({ inWords: true }));
    assert.deepEqual(await fetchImage(reference, digest, limits, folder), { kind: 'fetched' });
    assert.equal(`sha256:${sha256(readFileSync(`${folder}/manifest.json`))}`, digest);
    assert.equal(ecr.issued, 2);
    assert.equal(await digestOf(`docker://${ecr.host}/store:nothing-here`), undefined);
  });

  it('takes an image that two workers put at once, although its tags do not move', async () => {
    const [layout, digest] = await layoutOf('twice');
    let manifests = 0;
    ecr.onRequest = (request) => (isManifestPut(request) && (manifests += 1) > 1 ? faults.immutable : undefined);
    const both = await Promise.all([store.put(layout, digest, 'c/twice'), store.put(layout, digest, 'c/twice')]);
    assert.deepEqual(
      both.map((stored) => stored.digest),
      [digest, digest],
    );
  });

  it('is asked again when it limits the rate, and not when it refuses', async () => {
    const [layout, digest] = await layoutOf('rate');
    ecr.when(isUpload, () => faults.throttled);
    assert.equal((await store.put(layout, digest, 'c/rate')).digest, digest);
    assert.equal(ecr.issued, 1);
    const [other, otherDigest] = await layoutOf('refused');
    let refusals = 0;
    ecr.onRequest = ({ method }) => (method === 'POST' ? ((refusals += 1), faults.forbidden) : undefined);
    await assert.rejects(store.put(other, otherDigest, 'c/refused'), (error: HoldoutError) => {
      assert.equal(error.code, 'IMAGE_COPY_FAILED');
      assert.match(error.message, /not authorized to perform: ecr:InitiateLayerUpload .*check the rights of this role/);
      return true;
    });
    // One for each blob of one copy.
    assert.ok(refusals <= 3, `${refusals}`);
  });

  it('without a token is the platform’s trouble, and says what to do', async () => {
    const [layout, digest] = await layoutOf('no token');
    ecr.api.answer('GetAuthorizationToken', () => ({
      error: 'AccessDeniedException',
      message: `User: arn:aws:sts::${account}:assumed-role/worker/w is not authorized to perform: ecr:GetAuthorizationToken on resource: *`,
    }));
    await assert.rejects(store.put(layout, digest, 'c/none'), (error: HoldoutError) => {
      assert.equal(error.code, 'REGISTRY_LOGIN_FAILED');
      assert.equal(error.source, 'platform');
      assert.match(error.message, /^ECR in eu-\w-1 gives no login to 1234\S+: AccessDeniedException: User: arn/);
      assert.match(error.next, /ecr:GetAuthorizationToken .* endpoints ecr\.api and ecr\.dkr/);
      return true;
    });
    assert.deepEqual(ecr.requests, []);
  });

  it('shows a login neither in arguments nor in variables of the programs that use it, nor in messages', async () => {
    const [layout, digest] = await layoutOf('secret');
    const seen: string[] = [];
    ecr.onRequest = (request) => {
      if (isManifestPut(request)) seen.push(...processesNamed('skopeo'));
      return isManifestPut(request) ? faults.forbidden : undefined;
    };
    const failure = await store.put(layout, digest, 'c/secret').catch((error: HoldoutError) => error);
    assert.ok(failure instanceof HoldoutError);
    assert.ok(seen.some((text) => text.includes('REGISTRY_AUTH_FILE=')));
    assertNoSecrets([...seen, failure.message, failure.next, failure.stack, JSON.stringify(failure)].join('\n'));
  });
});

/** Arguments and variables of the running processes of a program. */
function processesNamed(name: string): string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return command.startsWith(name) ? [command, readFileSync(`/proc/${pid}/environ`, 'utf8')] : [];
      } catch {
        return [];
      }
    });
}
