import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { csvText } from '../../src/escaping/csv.ts';
import { htmlText } from '../../src/escaping/html.ts';
import { markdownCode, markdownText } from '../../src/escaping/markdown.ts';
import { terminalText } from '../../src/escaping/terminal.ts';
import { visible, visibleJson } from '../../src/escaping/visible.ts';
import { table } from '../../src/client/table.ts';
import { projectRoot } from '../../src/local/project-root.ts';

/** Joiners and selectors are tested on their own: words and emoji have them. */
const invisible = /(?!\u200c|\u200d|\ufe0e|\ufe0f)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '\u001b[2J',
    '\r',
    'a\u202eb',
    '\u2066',
    '\u200b',
    '\u200d',
    '\ufeff',
    '\u2028',
    '\u2029',
    '\u0085',
    '\u3164',
    '\u{e0041}',
    '\ud800',
  ),
);

describe('escaping of foreign text', () => {
  it('shows every invisible character by its code, and changes no other', () => {
    assert.equal(visible('Team \u202eevil\u2028\u001b[31m'), 'Team \\u{202e}evil\\u{2028}\\u{001b}[31m');
    assert.equal(visible('Ünïcode 名前 €'), 'Ünïcode 名前 €');
    for (const escape of [visible, csvText, htmlText, markdownText, markdownCode]) {
      fc.assert(fc.property(anyText, (text) => assert.doesNotMatch(escape(text), invisible)));
    }
    fc.assert(fc.property(anyText, (text) => assert.doesNotMatch(terminalText(text).replaceAll('\n', ''), invisible)));
  });

  it('leaves joiners and selectors where people write them, and shows them elsewhere', () => {
    for (const name of ['می‌خواهم', 'क्‍ष', 'ශ්‍රී ලංකා', 'ന്‍', '👩‍💻 Coders', '🏳️‍🌈', '👩🏽‍🚀', '❤️ Team', '⚙︎']) {
      const shown = name === 'ന്‍' ? 'ന്\\u{200d}' : name;
      assert.equal(visible(name), shown);
    }
    assert.equal(visible('te\u200dam'), 'te\\u{200d}am');
    assert.equal(visible('a\ufe0fb'), 'a\\u{fe0f}b');
    assert.equal(visible('م\u200c\u200cی'), 'م\\u{200c}\\u{200c}ی');
    assert.equal(visible('👩\u200d'), '👩\\u{200d}');
  });

  it('keeps the meaning of JSON', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const json = visibleJson({ [text]: [text, { text }] });
        assert.doesNotMatch(json.replaceAll('\n', ''), invisible);
        assert.deepEqual(JSON.parse(json), { [text]: [text, { text }] });
      }),
    );
  });

  it('keeps every row of a table on its own line', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const lines = table(['team'], [[text], ['other']]).split('\n');
        assert.equal(lines.length, 4);
        assert.doesNotMatch(lines.join(''), invisible);
      }),
    );
  });

  it('leaves no formatting, link or formula in Markdown', () => {
    assert.equal(markdownText('*a* [b](c) <d> `e` #f'), '\\*a\\* \\[b\\](c) \\<d\\> \\`e\\` \\#f');
    assert.equal(markdownText('http://a www.b mailto:c d@e $f$'), 'http: //a www .b mailto: c d @ e USD fUSD ');
    assert.equal(markdownCode('a`b'), "`a'b`");
  });

  it('leaves no formula in CSV', () => {
    for (const start of '=+-@＝＋－＠') assert.equal(csvText(`${start}1+1`), `'${start}1+1`);
    assert.equal(csvText('1+1=2'), '1+1=2');
  });

  it('leaves no markup in HTML', () => {
    assert.equal(htmlText(`<a href="x">&'`), '&lt;a href=&quot;x&quot;&gt;&amp;&#39;');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) =>
        assert.doesNotMatch(htmlText(text), /[<>"']|&(?!(amp|lt|gt|quot|#39);)/),
      ),
    );
  });

  it('is the only way to a terminal for the command line', () => {
    const direct = readdirSync(join(projectRoot(), 'src', 'client'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && name !== 'output.ts')
      .filter((name) =>
        /std(out|err)\.write|console\./.test(readFileSync(join(projectRoot(), 'src', 'client', name), 'utf8')),
      );
    assert.deepEqual(direct, []);
  });

  it('has one place per format: no other file of src names what such a format escapes', () => {
    const own = /&(amp|lt|quot);|\\p\{(C|Cf|Zl|Zp)\}|staticSummary: `|Summary: `[^`]*\$\{(team|submission)/;
    const allowed = new Set(['safe-text.ts']);
    const others = readdirSync(join(projectRoot(), 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.startsWith('escaping') && !allowed.has(name))
      .filter((name) => own.test(readFileSync(join(projectRoot(), 'src', name), 'utf8')));
    // The first has only the campaign's name, which is of letters, digits and hyphens; the second refuses such names.
    assert.deepEqual(others.sort(), ['client/operator/start-workflow.ts', 'intake/input-names.ts']);
  });
});
