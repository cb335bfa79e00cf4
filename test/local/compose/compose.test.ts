/** The set-up commands of docker-compose.yml, run against the same servers. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SearchAttributeType } from '@temporalio/common';
import { readKeyFile } from '../../../src/codec/key-file.ts';
import { isHttpUp, isTemporalUp, withTemporal } from '../../../src/local/stack/parts/health.ts';
import { searchAttributes } from '../../../src/workflows/search-attributes.ts';
import { makeEnvironment, readComposeFile, type Service } from '../../support/compose-file.ts';
import { eventually } from '../../support/eventually.ts';

const execute = promisify(execFile);
const tools = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'holdout/tools');

/** The S3 server of the first test, which the next one uses too. */
interface Prepared {
  endpoint: string;
  services: Record<string, Service>;
  as: (name: string) => S3Client;
}

const clientOf = (endpoint: string, variables: Record<string, string>, name: string): S3Client =>
  new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: {
      accessKeyId: variables[`HOLDOUT_${name}_ACCESS_KEY_ID`] ?? '',
      secretAccessKey: variables[`HOLDOUT_${name}_SECRET_ACCESS_KEY`] ?? '',
    },
  });

describe('compose set-up', () => {
  let s3: Prepared;
  const folder = mkdtempSync(join(tmpdir(), 'holdout-compose-'));
  const servers: ChildProcess[] = [];
  const start = (program: string, args: string[], env: NodeJS.ProcessEnv = {}): void => {
    const options = { stdio: 'ignore', env: { PATH: process.env['PATH'], HOME: folder, ...env } } as const;
    servers.push(spawn(program, args, options));
  };

  after(async () => {
    for (const server of servers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives the S3 server its accounts, and only the scorer access to the labels', async () => {
    const variables = makeEnvironment();
    const { services } = readComposeFile('docker-compose.yml', variables);
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const accounts = mkdtempSync(join(folder, 'accounts-'));
    const act = (name: 's3-accounts' | 's3-buckets', changes: Record<string, string>) =>
      execute(process.execPath, ['dist/compose.mjs', name], {
        env: { PATH: process.env['PATH'], ...services[name]?.environment, ...changes },
      });
    await act('s3-accounts', { HOLDOUT_S3_ACCOUNTS: accounts });
    const at = { '/accounts': accounts, '/data': mkdtempSync(join(folder, 'data-')), ':7070': endpoint.slice(7) };
    const output = services['s3']?.command?.map((word) => at[word as keyof typeof at] ?? word) ?? [];
    start(join(tools, 'versitygw-1.8.0'), output, services['s3']?.environment);
    await eventually('the S3 server responds', () => isHttpUp(`${endpoint}/health`));
    await act('s3-buckets', { AWS_ENDPOINT_URL_S3: endpoint });
    // Again, as at every later start.
    await act('s3-buckets', { AWS_ENDPOINT_URL_S3: endpoint });

    s3 = { as: (name) => clientOf(endpoint, variables, name), endpoint, services };
    const { as } = s3;
    const labels = { Bucket: 'holdout-labels', Key: 'campaign/labels.csv' };
    await as('ROOT').send(new PutObjectCommand({ ...labels, Body: 'id,label\n' }));
    const read = await as('SCORER').send(new GetObjectCommand(labels));
    assert.equal(await read.Body?.transformToString(), 'id,label\n');
    for (const name of ['WORKER', 'RUNNER']) {
      await assert.rejects(as(name).send(new GetObjectCommand(labels)), { name: 'AccessDenied' }, name);
    }
    const outcome = { Bucket: 'holdout-runs', Key: 'campaign/submission/1/outcome.json' };
    await as('RUNNER').send(new PutObjectCommand({ ...outcome, Body: '{}' }));
    assert.ok((await as('WORKER').send(new GetObjectCommand(outcome))).Body);
  });

  it('makes the codec keys once, for the campaigns from before too, and does not replace lost ones', async () => {
    const { as, endpoint, services } = s3;
    const write = (Key: string) => as('ROOT').send(new PutObjectCommand({ Bucket: 'holdout-results', Key, Body: 'x' }));
    const keysIn = async (name: string) => {
      const file = join(folder, name);
      const environment = services['codec-keys']?.environment;
      const changes = { AWS_ENDPOINT_URL_S3: endpoint, HOLDOUT_CODEC_KEYS: file };
      await execute(process.execPath, ['dist/compose.mjs', 'codec-keys'], {
        env: { PATH: process.env['PATH'], ...environment, ...changes },
      });
      // Refuses a file that others may read.
      return readKeyFile(file);
    };
    const fresh = await keysIn('fresh.json');
    assert.deepEqual([fresh.keys.size, [...fresh.plainCampaigns]], [1, []]);
    assert.deepEqual(await keysIn('fresh.json'), fresh, 'and kept');
    for (const key of ['older/campaign.json', 'older/ledger/s/1.json', '.sealed/older']) await write(key);
    assert.deepEqual([...(await keysIn('second.json')).plainCampaigns], ['older']);
    await write('.codec-keys/default/ab12');
    await assert.rejects(keysIn('lost.json'), {
      code: 2,
      stderr: /it is missing, and Temporal's payloads are sealed with key ab12; nothing was changed/,
    });
    assert.deepEqual(await keysIn('fresh.json'), fresh, 'what is there stays');
  });

  it('names the missing variable', async () => {
    const ran = execute(process.execPath, ['dist/compose.mjs', 'batch-start-up'], {
      env: { PATH: process.env['PATH'] },
    });
    await assert.rejects(ran, { code: 2, stderr: /HOLDOUT_\w+ is not set/ });
  });

  it('creates a namespace with 60 days of history and all search attributes, idempotently', async () => {
    const port = await freePort();
    const address = `127.0.0.1:${port}`;
    const program = join(tools, 'temporal-1.5.1');
    symlinkSync(program, join(folder, 'temporal'));
    const quiet = ['--headless', '--ip', '127.0.0.1', '--log-level', 'never'];
    start(program, ['server', 'start-dev', '--port', String(port), ...quiet]);
    await eventually('the Temporal server responds', () => isTemporalUp(address), { everyMs: 250 });
    const env = { PATH: [folder, process.env['PATH']].join(delimiter), HOME: folder, TEMPORAL_ADDRESS: address };
    for (let run = 0; run < 2; run++) {
      await execute('sh', ['docker/temporal-namespace.sh'], { env: { ...env, TEMPORAL_NAMESPACE: 'made-by-script' } });
    }
    await withTemporal(address, async ({ workflowService, operatorService }) => {
      const namespace = 'made-by-script';
      const { config } = await workflowService.describeNamespace({ namespace });
      assert.equal(Number(config?.workflowExecutionRetentionTtl?.seconds), 60 * 24 * 3600);
      const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
      const wanted = Object.values(searchAttributes).map(({ name, type }) => [name, type] as const);
      const found = wanted.map(([name]) => [name, nameOfType[customAttributes?.[name] ?? 0]] as const);
      assert.deepEqual(found, wanted);
    });
  });
});

/** The API's numbers for the types that Holdout uses. */
const nameOfType: Record<number, string> = {
  2: SearchAttributeType.KEYWORD,
  3: SearchAttributeType.INT,
  4: SearchAttributeType.DOUBLE,
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
