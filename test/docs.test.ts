import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { errorsPage } from '../scripts/errors-page.ts';
import { unitTests } from '../scripts/testing/unit-tests.mjs';
import { commandLine } from '../src/client/commands/command-line.ts';
import { terminal } from '../src/client/output.ts';
import { projectRoot } from '../src/local/project-root.ts';

const root = projectRoot();

/** Every page that people read, as a path from the root. */
const pages = [
  ...readdirSync(root).filter((file) => file.endsWith('.md')),
  'infra/README.md',
  ...['docs', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => join(folder, file)),
  ),
].sort();

const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');
const withoutCode = (text: string): string => text.replaceAll(/^```[^]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');

/** What `find` captures on each page, as `page: capture`, where `isWrong` says so. */
const wrong = (
  find: RegExp,
  isWrong: (found: string, page: string) => boolean,
  view = (text: string): string => text,
): string[] =>
  pages.flatMap((page) =>
    [...view(textOf(page)).matchAll(find)]
      .map((match) => match[1] ?? '')
      .filter((found) => isWrong(found, page))
      .map((found) => `${page}: ${found}`),
  );

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] ?? ''));

describe('docs', () => {
  it('link only to files and headings that exist', () => {
    const isBroken = (link: string, page: string): boolean => {
      if (/^[a-z]+:/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? join(root, page) : join(root, dirname(page), path);
      return !existsSync(file) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
    };
    assert.deepEqual(wrong(/\]\(([^)\s]+)\)/g, isBroken, withoutCode), []);
  });

  it('name only files and folders that exist', () => {
    const path = /`((?:\.ci|bench|docker|docs|examples|infra|scripts|src|test)\/[\w./-]*)`/g;
    assert.deepEqual(
      wrong(path, (file) => !existsSync(join(root, file))),
      [],
    );
  });

  it('and scripts name only unit tests that exist', () => {
    assert.deepEqual(
      unitTests.filter((path) => !existsSync(join(root, path))),
      [],
    );
  });

  it('name only scripts that package.json has', () => {
    const scriptsIn = (file: string) => (JSON.parse(textOf(file)) as { scripts: Record<string, string> }).scripts;
    const [own, infra] = [scriptsIn('package.json'), scriptsIn('infra/package.json')];
    assert.deepEqual(
      wrong(
        /\bnpm run (?:-s )?([\w:-]+)/g,
        (name, page) => !Object.hasOwn(page.startsWith('infra/') ? infra : own, name),
      ),
      [],
    );
  });

  it('call the command line only with commands and options that it has', async () => {
    const wrongCalls: string[] = [];
    for (const page of pages) {
      for (const [call, name = '', rest = ''] of textOf(page).matchAll(
        /npm run holdout -- (?:--stack \w+ )?([a-z][a-z-]+)([^`|#\n]*)/g,
      )) {
        const program = await commandLine([name], terminal, () => undefined);
        const command = program.commands.find((found) => found.name() === name);
        if (command === undefined || !hasOptions(command, rest)) wrongCalls.push(`${page}: ${call}`);
      }
    }
    assert.deepEqual(wrongCalls, []);
  });

  it('explain every variable that a program names, in aws.md', () => {
    const named = namedVariables();
    assert.ok(named.has('HOLDOUT_BUCKET_PREFIX') && named.has('TEMPORAL_API_KEY') && named.has('AWS_REGION'));
    const explained = explainedVariables();
    assert.deepEqual(
      [...named].filter((name) => !explained.has(name)),
      [],
    );
    assert.deepEqual(
      [...explained].filter((name) => !named.has(name)),
      [],
      'no program names them',
    );
  });

  it('have one table of variables, in which each row says who reads it and who sets it', () => {
    const [, chapter = ''] = textOf('docs/aws.md').split('\n## Variables\n');
    const [header = '', rule = '', ...rows] = chapter.match(/^\|.*\|$/gm) ?? [];
    assert.match(header, /^\| variable +\| read by +\| set by +\| meaning +\|$/);
    assert.match(rule, /^[| -]+$/);
    assert.ok(rows.length > 30, `${rows.length} rows`);
    for (const row of rows) assert.match(row, /^\| +`[^|]+\|( [^ |][^|]*\|){3}$/);
  });

  it('have shell blocks that bash can read', () => {
    const faults = pages.flatMap((page) =>
      [...textOf(page).matchAll(/^```sh\n([^]*?)^```/gm)].flatMap(([, block = '']) => {
        const { status, stderr } = spawnSync('bash', ['-n'], { input: block, encoding: 'utf8' });
        return status === 0 ? [] : [`${page}: ${stderr}`];
      }),
    );
    assert.deepEqual(faults, []);
  });

  it('keep the README short', () => {
    assert.ok(textOf('README.md').trimEnd().split('\n').length <= 150);
  });

  it('give every term of the glossary one entry, in alphabetical order', () => {
    const terms = [...textOf('docs/glossary.md').matchAll(/^- \*\*(.+?)\*\*/gm)].map((match) => match[1] ?? '');
    assert.ok(terms.length > 20);
    assert.deepEqual(
      terms,
      [...new Set(terms)].sort((a, b) => a.localeCompare(b, 'en')),
    );
  });

  it('list every error as the catalogue has it (npm run docs)', async () => {
    const page = join(root, 'docs/errors.md');
    assert.equal(textOf('docs/errors.md'), await errorsPage(page));
  });

  it('say of every fault experiment where it is or why it is not', () => {
    const rows = textOf('docs/verification/experiments.md').match(/^\| F\d+ .*$/gm) ?? [];
    assert.equal(rows.length, 30);
    for (const row of rows) assert.match(row, /\| (?:not run|run|run in part) +\| +\S[^|]*\|$/, row.slice(0, 60));
  });
});

/** Options of the command or, where it has some, of the sub-command that comes first. */
function hasOptions(command: Command, rest: string): boolean {
  const sub = command.commands.find((found) => new RegExp(`^ ${found.name()}\\b`).test(rest));
  const known = (sub ?? command).options.map(({ long }) => long);
  return [...rest.matchAll(/(?<=\s|\[)--[a-z-]+/g)].every(([option]) => known.includes(option));
}

/** Variables of Holdout, the AWS SDK and Temporal in programs, scripts and Compose files, and all of Temporal's configuration. */
function namedVariables(): Set<string> {
  const files = [
    ...readdirSync(root).filter((file) => /^docker-compose.*\.yml$/.test(file)),
    ...['src', 'scripts', 'docker', 'infra', 'node_modules/@temporalio/envconfig/lib'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
    ),
  ].filter(
    (file) => /Dockerfile$|\.(?:ts|js|mjs|sh|yml)$/.test(file) && !/^infra\/(?:node_modules|cdk\.out)\//.test(file),
  );
  const names = files.flatMap((file) => textOf(file).match(/\b(?:HOLDOUT|AWS|TEMPORAL)_[A-Z0-9_]*[A-Z0-9]\b/g) ?? []);
  // Error codes look alike. AWS_BATCH and TEMPORAL_GRPC_META are how names begin.
  const catalogue = readdirSync(join(root, 'src/errors')).map((file) => textOf(join('src/errors', file)));
  const codes = catalogue.flatMap((text) => [...text.matchAll(/^  ([A-Z0-9_]+):/gm)].map((match) => match[1]));
  const others = new Set([...codes, 'AWS_BATCH', 'TEMPORAL_GRPC_META']);
  return new Set(names.filter((name) => !others.has(name)));
}

/** The variables in the first cells of the tables of aws.md. */
function explainedVariables(): Set<string> {
  const [, chapter = ''] = textOf('docs/aws.md').split('\n## Variables\n');
  const cells = [...chapter.matchAll(/^\|([^|]*)\|/gm)].map((match) => match[1] ?? '');
  return new Set(cells.flatMap((cell) => [...cell.matchAll(/`([A-Z0-9_]+)`/g)].map((match) => match[1] ?? '')));
}
