import { controlsOf } from '../control.ts';

const strangers = ['test/workflows/authentication.test.ts'];
const sealing = ['test/codec/sealed-payload.test.ts'];
const keys = ['test/codec/key-ring.test.ts'];
const server = ['test/codec/codec-server.test.ts'];

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
  ...controlsOf('src/worker/authentication.ts', strangers, [
    ['orders of activities', 'if (reason === undefined) return', 'if (reason !== null) return'],
  ]),
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
  ...controlsOf('src/codec/key-file.ts', keys, [['short keys', 'if (key.length !== keyBytes)', 'if (false)']]),
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
  ...controlsOf('src/codec-server/upstream.ts', server, [
    ['the token goes no further', "pair !== '' && !pair.startsWith(`${cookieName(port)}=`)", "pair !== ''"],
  ]),
];
