import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { sha256 } from '../../../../src/sha256.ts';
import { checkSignature, type SignedRequest } from '../../../../src/local/batch-endpoint/api/check-signature.ts';
import { AwsError } from '../../../../src/local/batch-endpoint/api/aws-error.ts';

/** Requests to Batch as botocore 1.44.8 signs them, with the key `rig-key`, at 2026-11-29 07:30 UTC. */
const signed = (
  JSON.parse(readFileSync('test/fixtures/batch-signatures.json', 'utf8')) as (Omit<SignedRequest, 'body'> & {
    body: string;
  })[]
).map((request): SignedRequest => ({ ...request, body: Buffer.from(request.body) }));
const [submit] = signed;
const at = Date.UTC(2026, 10, 29, 7, 30);
const signers = {
  region: 'us-east-1',
  credentials: [
    { accessKeyId: 'other-key', secretAccessKey: 'other-secret' },
    { accessKeyId: 'rig-key', secretAccessKey: 'rig-secret' },
  ],
};

async function refused(type: string, changes: Partial<SignedRequest>, now = at, by = signers): Promise<void> {
  assert.ok(submit);
  await assert.rejects(checkSignature({ ...submit, ...changes }, by, now), (error: unknown) => {
    assert.ok(error instanceof AwsError, String(error));
    assert.deepEqual([error.type, error.status], [type, 403], JSON.stringify(changes));
    return true;
  });
}

/** The first request with other headers. */
const headers = (changes: Record<string, string | undefined>) => ({ headers: { ...submit?.headers, ...changes } });
const authorization = (from: string | RegExp, to: string) =>
  headers({ authorization: String(submit?.headers['authorization']).replace(from, to) });

describe('a signature of a request to the local Batch endpoint', () => {
  it('of another implementation is accepted, within five minutes', async () => {
    for (const request of signed) {
      for (const now of [at, at + 299_000, at - 299_000]) await checkSignature(request, signers, now);
    }
  });

  it('is refused when any part of the request differs', async () => {
    const invalid = (changes: Partial<SignedRequest>) => refused('InvalidSignatureException', changes);
    await invalid({ method: 'PUT' });
    await invalid({ url: '/v1/terminatejob' });
    await invalid({ url: '/v1/submitjob?a=b' });
    await invalid({ body: Buffer.from('{}') });
    await invalid({ body: Buffer.alloc(0) });
    await invalid(headers({ host: '127.0.0.1:7172' }));
    await invalid(headers({ 'content-type': 'text/plain' }));
    await invalid(headers({ 'x-amz-date': '20261129T073001Z' }));
    await invalid(authorization(/.$/, 'f'));
    await invalid(authorization(/[0-9a-f]{64}$/, '0'.repeat(64)));
  });

  it('is refused when it omits an AWS header, the host or the content type', async () => {
    for (const name of ['host;', 'content-type;', ';x-amz-date']) {
      await refused('InvalidSignatureException', authorization(name, ''));
    }
    await refused('InvalidSignatureException', headers({ 'x-amz-target': 'other' }));
  });

  it('is refused for a body other than the stated one, even if the statement is signed', async () => {
    assert.ok(submit);
    const signer = new SignatureV4({
      credentials: { accessKeyId: 'rig-key', secretAccessKey: 'rig-secret' },
      region: 'us-east-1',
      service: 'batch',
      sha256: Sha256,
    });
    const { host, 'content-type': contentType } = submit.headers;
    const stating = async (hash: string): Promise<SignedRequest> => {
      const headers = { host: String(host), 'content-type': String(contentType), 'x-amz-content-sha256': hash };
      const request = { method: 'POST', protocol: 'http:', hostname: 'localhost', path: submit.url, headers };
      const { headers: all } = await signer.sign({ ...request, body: submit.body }, { signingDate: new Date(at) });
      return { ...submit, headers: all };
    };
    await checkSignature(await stating(sha256(submit.body)), signers, at);
    for (const hash of ['UNSIGNED-PAYLOAD', sha256('')]) {
      await assert.rejects(checkSignature(await stating(hash), signers, at), /not the hash of the body/);
    }
  });

  it('is refused when it is old, from the future or without a date', async () => {
    for (const now of [at + 301_000, at - 301_000, at + 86_400_000]) {
      await refused('InvalidSignatureException', {}, now);
    }
    for (const date of [undefined, '', 'yesterday', '2026-11-29T07:30:00Z']) {
      await refused('InvalidSignatureException', headers({ 'x-amz-date': date }));
    }
  });

  it('is refused for another region, service or day', async () => {
    for (const [from, to] of [
      ['us-east-1', 'eu-west-1'],
      ['/batch/', '/s3/'],
      ['20261129', '20261128'],
    ] as const) {
      await refused('InvalidSignatureException', authorization(from, to));
    }
    await refused('InvalidSignatureException', {}, at, { ...signers, region: 'eu-west-1' });
  });

  it('is refused with an unknown key, a wrong secret or a session token', async () => {
    await refused('UnrecognizedClientException', authorization('rig-key', 'rig-key-2'));
    await refused('InvalidSignatureException', authorization('rig-key', 'other-key'));
    await refused('UnrecognizedClientException', headers({ 'x-amz-security-token': 'session' }));
    const guessed = [{ accessKeyId: 'rig-key', secretAccessKey: 'guessed' }];
    await refused('InvalidSignatureException', {}, at, { ...signers, credentials: guessed });
  });

  it('is required, in the header', async () => {
    await refused('MissingAuthenticationTokenException', headers({ authorization: undefined }));
    const inQuery = { ...headers({ authorization: undefined }), url: '/v1/submitjob?X-Amz-Signature=00' };
    await refused('MissingAuthenticationTokenException', inQuery);
    for (const header of ['Basic cm9vdDpyb290', 'AWS4-HMAC-SHA256', 'AWS3 Credential=rig-key']) {
      await refused('IncompleteSignatureException', headers({ authorization: header }));
    }
    await refused('IncompleteSignatureException', authorization(/Signature=.*/, 'Signature=0'));
  });
});
