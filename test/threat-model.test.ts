import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../src/local/project-root.ts';
import { areas } from './security/controls.ts';

const root = projectRoot();
const page = readFileSync(join(root, 'docs/threat-model.md'), 'utf8');
const proofs = new Map(
  [...page.matchAll(/^- \*\*(T\d+)\*\* (.*)$/gm)].map(([, threat = '', text = '']) => [threat, text]),
);

/** The tests that a proof names: each file with its titles. */
const testsIn = (proof: string): { file: string; titles: string[] }[] =>
  [...proof.matchAll(/`(test\/[^`]+)`:((?: "[^"]+",?)+)/g)].map(([, file = '', titles = '']) => ({
    file,
    titles: [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
  }));

/** Whether a file has a test or a group of this title. */
function hasTitle(file: string, title: string): boolean {
  const text = readFileSync(join(root, file), 'utf8');
  return ["'", '"', '`'].some((quote) =>
    ['it', 'describe'].some((word) => new RegExp(`\\b${word}\\(\\s*${literal(quote + title + quote)}`).test(text)),
  );
}

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

describe('the threat model', () => {
  it('has a row and a proof for each of T1 to T28', () => {
    const threats = Array.from({ length: 28 }, (_, index) => `T${index + 1}`);
    assert.deepEqual([...proofs.keys()], threats);
    assert.deepEqual(
      [...page.matchAll(/^\| (T\d+) +\|/gm)].map(([, threat]) => threat),
      threats,
    );
  });

  it('names for each threat files of tests, no folders, and titles that are in them', () => {
    const missing: string[] = [];
    for (const [threat, proof] of proofs) {
      const tests = testsIn(proof);
      const titles = tests.flatMap(({ file, titles }) => titles.map((title) => ({ file, title })));
      if (titles.length === 0) missing.push(`${threat} names no test`);
      const named = [...proof.matchAll(/`(test\/[^`]*)`/g)].map(([, file]) => file);
      if (named.length !== tests.length) missing.push(`${threat} names a test without its title`);
      for (const { file, title } of titles) {
        if (!file.endsWith('.test.ts') || !existsSync(join(root, file))) missing.push(`${threat}: ${file} is no test`);
        else if (!hasTitle(file, title)) missing.push(`${threat}: ${file} has no test "${title}"`);
      }
    }
    assert.deepEqual(missing, []);
  });

  it('names only areas that the security drill has', () => {
    const named = [...page.matchAll(/drill "([^"]+)"/g)].map(([, area = '']) => area);
    assert.ok(named.length > 10, 'it names areas');
    assert.deepEqual(
      named.filter((area) => !Object.hasOwn(areas, area)),
      [],
    );
  });
});

describe('the product', () => {
  it('makes no presigned URL: no part of the product can', () => {
    const signs = /getSignedUrl|createPresignedPost|s3-request-presigner|\.presign\(|X-Amz-Signature/i;
    assert.match("import { getSignedUrl } from '@aws-sdk/s3-request-presigner'", signs);
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    assert.ok(files.length > 400, `${files.length} files`);
    assert.deepEqual(
      files.filter((file) => signs.test(readFileSync(join(root, 'src', file), 'utf8'))),
      [],
    );
    assert.doesNotMatch(readFileSync(join(root, 'package.json'), 'utf8'), signs);
  });
});
