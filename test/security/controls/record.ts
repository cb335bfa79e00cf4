import { controlsOf } from '../control.ts';

const tampered = ['test/ledger/tampered-record.test.ts'];
const scores = ['test/ledger/checked-score.test.ts'];
const escaping = ['test/escaping/escaping.test.ts'];

/** What is checked whenever the record is read, and what people see of it. */
export const recordControls = [
  ...controlsOf('src/ledger/chain-rules.ts', tampered, [
    ['records in their order', 'if (sequence !== place.sequence) return ', 'if (false) return '],
    ['the chain of records', 'if (predecessor === place.predecessor) return undefined;', 'return undefined;'],
    ['records of this submission', 'if (record[name] !== place[name]) return', 'if (false) return'],
  ]),
  ...controlsOf('src/ledger/checked-object.ts', tampered, [
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
