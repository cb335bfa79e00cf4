import { controlsOf } from '../control.ts';

const signature = ['test/local/batch-endpoint/api/check-signature.test.ts'];
const stack = ['test/local/stack/stack.test.ts'];
const endpoint = ['test/local/batch-endpoint/refusals.test.ts'];
const rights = ['test/local/stack/environments-and-rights.test.ts'];

/** What other users and programs of the machine may not do. */
export const surfaceControls = [
  ...controlsOf('src/local/batch-endpoint/api/check-signature.ts', signature, [
    [
      'the signature of a request',
      'if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected)))',
      'if (false)',
    ],
    ['known keys only', 'if (known === undefined || ', 'if (', 'unknown key'],
    ['no session tokens', " || request.headers['x-amz-security-token'] !== undefined", ''],
    ['signatures for this region and service', 'if (scope !== `', 'if (false && scope !== `'],
    ['recent signatures', 'if (!(Math.abs(at.getTime() - now) <= maxSkewMs))', 'if (false)'],
    ['signed headers', '  requireSigned(request.headers, signedHeaders);\n', ''],
    ['a signed body', "  requireBody(request.headers['x-amz-content-sha256'], request.body);\n", ''],
  ]),
  ...controlsOf('src/local/batch-endpoint/api/check-signature.ts', signature, [
    ['signatures in the header alone', "if (typeof authorization !== 'string') {", 'if (false) {'],
  ]),
  ...controlsOf('src/local/batch-endpoint/api/server.ts', endpoint, [
    [
      'a signature on every request',
      'await checkSignature({ method, url, headers, body }, signers);',
      '',
      'without a signature',
    ],
    [
      'requests as large as AWS allows',
      'const bodyLimit = bodyLimits[name] ?? otherBodies;',
      'const bodyLimit = otherBodies;',
      '30 KiB',
    ],
  ]),
  ...controlsOf('src/s3/bucket-rights.ts', rights, [
    [
      'labels for the scorer alone',
      "labels: [{ to: 'scorer'",
      "labels: [{ to: 'worker', actions: readRights }, { to: 'scorer'",
    ],
    [
      'no reading of runs for the runner',
      "{ to: 'runner', actions: writeRights }",
      "{ to: 'runner', actions: [...readRights, ...writeRights] }",
    ],
    ['no ledger for the scorer', "actions: writeRights, keys: '*/scores/*'", 'actions: writeRights'],
  ]),
  ...controlsOf(
    'src/local/tools/download.ts',
    ['test/local/tools/tools.test.ts'],
    [['the pinned sha256 of a tool', 'if (found !== sha256) throw', 'if (false) throw']],
  ),
  ...controlsOf('src/local/stack/parts/s3.ts', stack, [
    ['the S3 server on loopback alone', '`--port=127.0.0.1:', '`--port=0.0.0.0:', 'loopback alone'],
  ]),
  ...controlsOf('src/local/stack/parts/temporal.ts', stack, [
    ['Temporal on loopback alone', "'--ip=127.0.0.1'", "'--ip=0.0.0.0'", 'loopback alone'],
  ]),
  ...controlsOf('src/codec-server/codec-server-settings.ts', stack, [
    ['the Web UI on loopback alone', "|| '127.0.0.1')", "|| '0.0.0.0')", 'loopback alone'],
  ]),
  ...controlsOf('src/local/stack/parts/part.ts', stack, [
    ['files of the stack for their owner alone', ', umask: 0o077', '', 'whatever the umask'],
  ]),
  ...controlsOf(
    'src/local/stack/home/private-home.ts',
    ['test/local/stack/refusals.test.ts'],
    [['no home of another user', 'if (uid !== self)', 'if (false)', 'home of another user']],
  ),
];
