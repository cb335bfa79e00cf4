import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { atRegistry } from '../../src/registry/at-registry.ts';
import { EcrLogins } from '../../src/registry/ecr-logins.ts';
import type { CommandResult } from '../../src/run-command.ts';

const host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const reference = `docker://${host}/store@sha256:0`;
const ended = (stderr = ''): CommandResult => ({
  status: stderr === '' ? 0 : 1,
  stdout: '',
  bytes: Buffer.alloc(0),
  stderr,
});

describe('a command at a registry', () => {
  let folder: string;
  let issued: number;
  let logins: EcrLogins;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'at-registry-'));
    issued = 0;
    logins = new EcrLogins(() => Promise.resolve({ auth: `login ${(issued += 1)}`, expiresAt: Date.now() + 1e9 }));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs a command that ends with these messages, one a time; returns its result and the logins that it got. */
  async function outcome(
    messages: readonly string[],
    at = reference,
  ): Promise<{ result: CommandResult; used: unknown[] }> {
    const used: unknown[] = [];
    const run = (env: NodeJS.ProcessEnv): Promise<CommandResult> => {
      const file = env['REGISTRY_AUTH_FILE'];
      used.push(file === undefined ? 'none' : JSON.parse(readFileSync(file, 'utf8')));
      return Promise.resolve(ended(messages[used.length - 1]));
    };
    const result = await atRegistry({ reference: at, folder, run, logins });
    return { result, used };
  }
  const login = (n: number): unknown => ({ auths: { [host]: { auth: `login ${n}` } } });

  it('finds the login of ECR in a file that only its user may read, and that is gone afterwards', async () => {
    const run = (env: NodeJS.ProcessEnv): Promise<CommandResult> => {
      const file = env['REGISTRY_AUTH_FILE'] ?? '';
      assert.equal(file, join(env['DOCKER_CONFIG'] ?? '', 'config.json'));
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.equal(statSync(dirname(file)).mode & 0o777, 0o700);
      assert.equal(dirname(dirname(file)), folder);
      assert.ok(!Object.values(env).some((value) => value?.includes('login 1')));
      throw new Error('thrown');
    };
    await assert.rejects(atRegistry({ reference, folder, run, logins }), /thrown/);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('gets no login, and no file, for another registry', async () => {
    assert.deepEqual((await outcome([''], 'docker://ghcr.io/x/y:1')).used, ['none']);
    assert.deepEqual((await outcome([''], 'oci:/store:image')).used, ['none']);
    assert.equal(issued, 0);
  });

  it('runs once more with a new login when its own has expired, and only once', async () => {
    const expired = 'denied: Your authorization token has expired. Reauthenticate and try again.';
    const { result, used } = await outcome([expired, '']);
    assert.equal(result.status, 0);
    assert.deepEqual(used, [login(1), login(2)]);
    const again = await outcome([expired, expired, '']);
    assert.equal(again.result.stderr, expired);
    assert.deepEqual(again.used, [login(2), login(3)]);
  });

  it('is repeated after a failure that passes, but not after a refusal', async () => {
    const passed = await outcome(['toomanyrequests: Rate exceeded', '']);
    assert.equal(passed.result.status, 0);
    assert.deepEqual(passed.used, [login(1), login(1)]);
    const refused = await outcome(['denied: User: x is not authorized to perform: ecr:BatchGetImage', '']);
    assert.equal(refused.result.status, 1);
    assert.equal(refused.used.length, 1);
  });
});
