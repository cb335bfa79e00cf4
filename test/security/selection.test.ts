import assert from 'node:assert/strict';
import { selection } from './selection.ts';

const said = (...words: string[]): { status: number; text: string } => {
  const selected = selection(words);
  return selected.kind === 'said' ? selected : assert.fail(`a drill starts by ${words.join(' ')}`);
};
const wanted = (...words: string[]): string[] => {
  const selected = selection(words);
  return selected.kind === 'controls' ? selected.wanted.map(({ area }) => area) : assert.fail(selected.text);
};

describe('the words of npm run test:security', () => {
  it('select controls by area and name, and all without a word', () => {
    assert.deepEqual([...new Set(wanted('Temporal'))].includes('Temporal'), true);
    assert.ok(wanted('Temporal').length < wanted().length, 'fewer than all');
    assert.equal(wanted('--write').length, wanted().length);
    assert.deepEqual([...new Set(wanted('--write', 'Temporal', 'Pseudonyms'))], ['Temporal', 'Pseudonyms']);
  });

  it('say what there is, with status 2 for words and options that do not exist', () => {
    assert.equal(said('--help').status, 0);
    for (const words of [
      ['--nothing'],
      ['no such control'],
      ['Temporal', 'no such control'],
      ['--write', 'signals'],
      ['Temporal', '--write'],
    ]) {
      const { status, text } = said(...words);
      assert.equal(status, 2, words.join(' '));
      assert.match(text, /^(there is no (option|area)|no area and no control has|--write comes first)[^]*Areas:\n/);
    }
  });
});
