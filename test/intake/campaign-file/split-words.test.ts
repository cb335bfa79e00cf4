import assert from 'node:assert/strict';
import { splitWords } from '../../../src/intake/campaign-file/split-words.ts';

describe('the words of a cell', () => {
  const taken: [text: string, words: string[]][] = [
    ['{input} {output}/predictions.csv', ['{input}', '{output}/predictions.csv']],
    [
      "  --name 'two words'\t--empty '' \"a \\\"b\\\" 'c'\" x\\ y ",
      ['--name', 'two words', '--empty', '', 'a "b" \'c\'', 'x y'],
    ],
    ["sh -c 'cat $0 | sort > ${OUT}'", ['sh', '-c', 'cat $0 | sort > ${OUT}']],
    ['["--json", "{\\"a\\":1}", "{predictions}", ""]', ['--json', '{"a":1}', '{predictions}', '']],
    ['[]', []],
    ['a"b"\'c\'', ['abc']],
  ];
  for (const [text, words] of taken)
    it(`${text} is ${words.length}`, () => assert.deepEqual(splitWords(text), { words }));

  const faults: [text: string, fault: RegExp][] = [
    ["'open", /unclosed '/],
    ['"open', /unclosed "/],
    ['end\\', /ends with a backslash/],
    ['cat | sort', /"\|" outside single quotes/],
    ['"$HOME"', /"\$" outside single quotes/],
    ['*.csv', /"\*" outside single quotes/],
    ['{inputs}', /placeholder \{inputs\}; known are/],
    ['["a", 1]', /JSON list/],
    ['[a]', /JSON list/],
    ['x'.repeat(40_000), /40000 bytes/],
    [`[${'"a",'.repeat(1_001)}"a"]`, /1002 words/],
    ['["a\\u0000"]', /NUL/],
  ];
  for (const [text, fault] of faults) {
    it(`${text.slice(0, 20)} is a fault`, () => {
      const split = splitWords(text);
      assert.match('fault' in split ? split.fault : JSON.stringify(split), fault);
    });
  }
});
