import { controlsOf } from '../control.ts';

const strangers = ['test/workflows/authentication.test.ts'];
const sealing = ['test/codec/sealed-payload.test.ts'];
const keys = ['test/codec/key-ring.test.ts'];
const server = ['test/codec/codec-server.test.ts'];
const registered = ['test/s3/registered-keys.test.ts'];

/** What a program without the codec key may not do at Temporal, and a browser not at the Web UI. */
export const temporalControls = [
  ...controlsOf('src/workflows/authentication/interceptors.ts', strangers, [
    [
      'starts',
      "const reason = input.args.length === 0 ? 'missing' : refusalOfMessage(input.args);",
      'const reason = undefined as undefined | RefusalReason;',
    ],
    [
      'signals',
      '    if (reason === undefined) return next(input);\n    refusals.add(`signal',
      '    if (reason !== null) return next(input);\n    refusals.add(`signal',
    ],
    [
      'updates',
      '    if (reason === undefined) return next(input);\n    refusals.warn(`update',
      '    if (reason !== null) return next(input);\n    refusals.warn(`update',
      'neither pauses',
    ],
    ['messages without content', "return isThisSealed() ? 'missing' : undefined;", 'return undefined;'],
  ]),
  ...controlsOf('src/workflows/authentication/authentic-activities.ts', strangers, [
    [
      'results',
      "return result === undefined && isThisSealed() ? 'missing' : unauthenticatedBecause(result);",
      'return undefined;',
    ],
    [
      'failures',
      "  return attributes ? unauthenticatedBecause(defaultPayloadConverter.fromPayload(attributes)) : 'missing';",
      '  return attributes && undefined;',
    ],
  ]),
  ...controlsOf('src/codec/client-codec.ts', strangers, [
    ['replies to queries', 'if (reason === undefined) return reply;', 'return reply;', 'gives no reply'],
  ]),
  ...controlsOf('src/codec/sealing-codec.ts', keys, [
    ['what is not authenticated, behind the codec', 'return marker(opened.reason);', 'return payload;'],
    [
      'plain payloads, behind the codec',
      'if (!isSealed(payload) && this.keys.acceptsPlain(context?.workflowId)) return payload;',
      'if (!isSealed(payload)) return payload;',
    ],
    [
      'a task whose key is only missing here',
      "if (opened.reason === 'unknown-key' && (await this.isRegistered(key)))",
      'if (false)',
    ],
  ]),
  ...controlsOf('src/codec/registered-keys.ts', keys, [
    ['no names of objects as key ids', 'if (!isKeyId(id)) return Promise.resolve(false);', ''],
    [
      'no flood of reads by foreign payloads',
      'if (known !== undefined && performance.now() - known.at < rememberedFor) return known.found;',
      '',
    ],
  ]),
  ...controlsOf('src/codec/registered-keys.ts', registered, [
    [
      'a process without keys',
      "if (keys === undefined) throw holdoutError('CODEC_KEYS_UNSET', { key });",
      'if (keys === undefined) continue;',
    ],
    [
      'a process that lacks a key',
      "if (known === undefined) throw holdoutError('CODEC_KEY_WRONG', { file, key, why: 'is missing in it' });",
      'if (known === undefined) continue;',
    ],
    ['a key that another one replaced', 'if (check.toString() !== checkOf(known))', 'if (false)'],
    [
      'a key that is registered before it seals',
      'await results.store.writeIfAbsent(results.bucket, codecKeyObjects',
      'void (results.bucket, codecKeyObjects',
    ],
  ]),
  ...controlsOf(
    'src/worker.ts',
    ['test/long/record/codec.test.ts'],
    [
      [
        'a worker with another key',
        "await (queues.includes('main') ? checkAndRegisterKeys : checkKeys)(deps.results, namespace, keys);",
        '',
        'stop a worker and a scorer',
      ],
    ],
  ),
  ...controlsOf('src/worker/authentication.ts', strangers, [
    [
      'results of activities that return nothing',
      'return (await next(input)) ?? null;',
      'return await next(input);',
      'forges no result',
    ],
    ['orders of activities', 'if (reason === undefined) return', 'if (reason !== null) return'],
    ['orders without content', "? 'missing'", '? undefined', 'schedules no activity'],
  ]),
  ...controlsOf(
    'src/workflows/authentication/failure-converter.ts',
    ['test/workflows/authentication/failure-converter.test.ts'],
    [['texts of failures of workflows', 'return isThisSealed()', 'return false']],
  ),
  ...controlsOf('src/codec/failure-converter.ts', strangers, [
    ['texts of failures', '{ encodeCommonAttributes: true }', '{ encodeCommonAttributes: false }'],
  ]),
  ...controlsOf('src/codec/sealed-payload.ts', sealing, [
    [
      'the workflow or step of a payload',
      'if (context !== undefined && !digest.equals(digestOf(context)))',
      'if (false)',
    ],
    [
      'its context is authenticated',
      "Buffer.concat([Buffer.from(JSON.stringify(['holdout', 1, id])), digest])",
      "Buffer.concat([Buffer.from(JSON.stringify(['holdout', 1, id])), digest.subarray(16)])",
    ],
    [
      'every byte of a payload',
      'Buffer.concat([decipher.update(data.subarray(nonceBytes + tagBytes)), decipher.final()])',
      'decipher.update(data.subarray(nonceBytes + tagBytes))',
    ],
    ['payloads shorter than their tag', 'if (data.length < nonceBytes + tagBytes) return undefined;', ''],
    [
      'plain payloads',
      "if (!isSealed(payload)) return { kind: 'refused', reason: 'plain' };",
      "if (!isSealed(payload)) return { kind: 'opened', payload };",
    ],
  ]),
  ...controlsOf('src/codec/key-ring.ts', keys, [
    [
      'plain campaigns',
      'return campaign !== undefined && this.content.plainCampaigns.has(campaign);',
      'return campaign !== undefined;',
    ],
  ]),
  ...controlsOf('src/private-file.ts', keys, [['an open key file', 'if ((mode & others) !== 0)', 'if (false)']]),
  ...controlsOf('src/codec/key-file.ts', keys, [
    ['short keys', 'if (key.length !== keyBytes)', 'if (false)'],
    ['a key file without its current key', 'if (!bytes.has(current)) throw', 'if (false) throw'],
    ['fields of a key file that nobody knows', 'z.strictObject({\n  version', 'z.object({\n  version'],
    [
      'no secret of a key file in an error',
      "error instanceof SyntaxError ? 'it is not JSON' : messageOf(error)",
      'messageOf(error)',
    ],
    [
      'a changed key file for its owner alone',
      'writeFileSync(next, text, { mode: 0o600, flush: true });',
      'writeFileSync(next, text, { flush: true });',
    ],
  ]),
  ...controlsOf(
    'src/codec/key-file.ts',
    ['test/local/stack/home/codec-keys.test.ts'],
    [['a new key file for its owner alone', "{ mode: 0o600, flag: 'wx', flush: true }", "{ flag: 'wx', flush: true }"]],
  ),
  ...controlsOf(
    'src/codec/first-key-file.ts',
    ['test/local/stack/home/codec-keys.test.ts'],
    [
      ['no new key for a home that lost its own', 'if (keys.length > 0) {', 'if (false) {'],
      ['plain campaigns of an older home alone', 'newKeyFile(campaigns)', "newKeyFile([...campaigns, 'c'])"],
    ],
  ),
  ...controlsOf('src/codec-server/admission.ts', server, [
    ['Host', 'if (!hosts.includes(host))', 'if (false)'],
    ['Origin', 'if (origin !== undefined && origin !== `http://${host}`)', 'if (false)'],
    ['the token', 'if (given.some((one) => one !== undefined && isEqual(one, token)))', 'if (given.length > 0)'],
    [
      'the token in a link',
      "if (method === 'GET' && inAddress !== null && isEqual(inAddress, token))",
      'if (inAddress !== null)',
    ],
  ]),
  ...controlsOf('src/codec-server/admission.ts', server, [
    ['a cookie that scripts cannot read', 'HttpOnly; ', ''],
    ['a cookie that other pages do not send', 'SameSite=Strict; ', ''],
    ['no redirection to another host', ".replace(/^\\/\\/+/, '/')", ''],
  ]),
  ...controlsOf('src/codec-server/server.ts', server, [
    ['bodies of a limited length', 'if (bytes > longestBody)', 'if (false)'],
    ['only POST for the codec', "if (request.method !== 'POST') return text(response, 405, 'only POST');", ''],
    ['no copy of a page with the token', "{ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }", '{}'],
  ]),
  ...controlsOf(
    'src/codec-server/codec-server-settings.ts',
    ['test/codec/codec-server-settings.test.ts'],
    [['short tokens', 'if (token.length < 32) throw', 'if (false) throw']],
  ),
  ...controlsOf('src/codec-server/codec-calls.ts', server, [
    ['messages for one workflow alone', 'keys.current, context))) };', 'keys.current))) };'],
    [
      'no message sealed by a stranger',
      "if (opened.kind === 'refused') throw new RangeError(`the payload is refused: ${opened.reason}`);\n  return opened.payload;",
      "return opened.kind === 'refused' ? payload : opened.payload;",
    ],
  ]),
  ...controlsOf('src/codec-server/upstream.ts', server, [
    ['the token goes no further', "pair !== '' && !pair.startsWith(`${cookieName(port)}=`)", "pair !== ''"],
    ['no header with the token goes further', 'const { authorization: _token, cookie', 'const { cookie'],
    [
      'the Web UI alone',
      '({ pathname, search }: URL, { hostname, port, protocol }: URL)',
      '({ pathname, search, hostname, port, protocol }: URL, _: URL)',
    ],
  ]),
];
