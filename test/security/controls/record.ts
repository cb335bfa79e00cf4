import { controlsOf } from '../control.ts';

const tampered = ['test/ledger/tampered-record.test.ts'];
const scores = ['test/ledger/checked-score.test.ts'];
const canaries = ['test/ledger/canary-record.test.ts'];
const verified = ['test/ledger/verified-record.test.ts'];
const leanReader = ['test/s3/small-object-reader.test.ts'];
const escaping = ['test/escaping/escaping.test.ts'];

/** What is checked whenever the record is read, and what people see of it. */
export const recordControls = [
  ...controlsOf('src/ledger/chain-rules.ts', tampered, [
    ['records in their order', 'if (sequence !== place.sequence) return ', 'if (false) return '],
    ['the chain of records', 'if (predecessor === place.predecessor) return undefined;', 'return undefined;'],
    ['records of this submission', 'if (record[name] !== place[name]) return', 'if (false) return'],
  ]),
  ...controlsOf('src/ledger/read-pinned.ts', tampered, [
    ['the digest that another record names', 'if (sha256(body) !== digest) throw', 'if (false) throw'],
  ]),
  ...controlsOf('src/ledger/checked-score.ts', scores, [
    ['scores of this run', 'if (file.runKey !== runKey) return', 'if (false) return'],
    [
      'scores of these predictions',
      ' || file.predictions === predictions) return undefined',
      ' || true) return undefined',
    ],
  ]),
  ...controlsOf('src/ledger/verification/verify-canaries.ts', canaries, [
    ['canary records in their place', 'resultObjects.canary(frozen.campaign, name, n) !== key;', 'false;'],
    [
      'verdicts of canaries that follow from their outcome',
      'return verdict.kind === kind ? undefined',
      'return true ? undefined',
    ],
    ['the objects of a canary’s run', 'if (sha256 !== undefined) await', 'if (false) await'],
    ['the outcome of a canary', 'const digest = { sha256: evidence.outcome, namedBy };', 'const digest = undefined;'],
  ]),
  ...controlsOf(
    'src/ledger/verification/cost-fault.ts',
    [...canaries, ...verified],
    [['costs that follow from the time', 'if (cost === right || ', 'if (cost === cost || ']],
  ),
  ...controlsOf('src/ledger/verification/explain-rest.ts', verified, [
    ['no results that no record names', '} else findings.fault(bucket, key, unexpected);', '}'],
    ['no objects of runs that no record names', '    else findings.fault(bucket, key, unexpected);\n', '\n'],
  ]),
  ...controlsOf('src/ledger/verification/checked-objects.ts', verified, [
    ['objects as the record names them', 'if (fault !== undefined) findings.fault(bucket, key, fault);', ''],
  ]),
  ...controlsOf('src/s3/small-object-reader.ts', leanReader, [
    ['bytes that fit the checksum in S3', 'value === crc32Of(body)', 'true'],
    ['complete objects', "if (Number(headers['content-length']) !== body.length) return undefined;", ''],
    ['buckets of this account alone', 'headers: { host: url.host, ...owner }', 'headers: { host: url.host }'],
  ]),
  ...controlsOf('src/escaping/visible.ts', escaping, [
    ['no invisible characters', 'kept ?? codeOf(found)', 'found'],
    ['no direction marks', '\\p{Default_Ignorable_Code_Point}', ''],
  ]),
  ...controlsOf('src/escaping/markdown.ts', escaping, [
    ['no Markdown of others', '.replaceAll(/[\\\\`*_{}[\\]<>#|~&!]/g', '.replaceAll(/[#]/g'],
    ['no links of others', ".replaceAll('://', ': //')", ''],
  ]),
  ...controlsOf('src/escaping/html.ts', escaping, [
    ['no HTML of others', "(letter) => entities[letter] ?? ''", '(letter) => letter'],
  ]),
  ...controlsOf('src/escaping/csv.ts', escaping, [['no formulas of others', '.replace(formula, "\'$&")', '']]),
  ...controlsOf(
    'src/scoring/leaderboard.ts',
    ['test/scoring/leaderboard.test.ts'],
    [['five digits of a published score', 'score.toPrecision(publishedDigits)', 'score']],
  ),
];
