import { format, resolveConfig } from 'prettier';
import { exitOfError } from '../src/client/exit-status.ts';
import { HoldoutError, type ErrorCode } from '../src/errors.ts';
import { campaignErrors } from '../src/errors/campaign-errors.ts';
import { cloudErrors } from '../src/errors/cloud-errors.ts';
import { codecErrors } from '../src/errors/codec-errors.ts';
import type { CatalogueEntry } from '../src/errors/entry.ts';
import { machineErrors } from '../src/errors/machine-errors.ts';
import { runErrors } from '../src/errors/run-errors.ts';

const parts = [
  { title: 'A campaign, its file and its commands', file: 'campaign-errors.ts', entries: campaignErrors },
  { title: 'The AWS account and Temporal', file: 'cloud-errors.ts', entries: cloudErrors },
  { title: 'This machine, its tools and the embedded stack', file: 'machine-errors.ts', entries: machineErrors },
  { title: 'The codec of Temporal’s payloads', file: 'codec-errors.ts', entries: codecErrors },
  { title: 'Inputs, images and runs', file: 'run-errors.ts', entries: runErrors },
] as const;

const intro = `# Errors

\`npm run docs\` writes this page from \`src/errors/\`; edit the entries there.

A command prints the cause and, after \`→\`, the next step on stderr. The exit status is 2 if you can correct the cause, and 1
if the platform failed. In Temporal's Web UI, the code is the failure's type. An activity retries errors with exit status 1,
except \`OBJECT_DIFFERS\`; all others are final. Words in braces stand for values. A submission that fails is not an error:
see [why.md](why.md).
`;

/** The text of docs/errors.md. */
export async function errorsPage(file: string): Promise<string> {
  const sections = parts.map(
    ({ title, file, entries }) =>
      `## ${title}\n\nFrom \`src/errors/${file}\`.\n\n| code | cause | next step | exit status |\n| --- | --- | --- | --- |\n` +
      Object.entries<CatalogueEntry<never>>(entries)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([code, entry]) => row(code as ErrorCode, entry))
        .join('\n'),
  );
  const options = await resolveConfig(file);
  return format([intro, ...sections].join('\n\n'), { ...options, filepath: file });
}

function row(code: ErrorCode, { source, says, next }: CatalogueEntry<never>): string {
  const [cause, step] = [says, next].map((text) =>
    cell(typeof text === 'string' ? text : text(placeholders() as never)),
  );
  const status = exitOfError(new HoldoutError(code, source, '', ''));
  return `| \`${code}\` | ${cause} | ${step} | ${status} |`;
}

/** Markdown of one line, without column breaks and tags. `text` may be a placeholder that an entry returned as it is. */
const cell = (text: unknown): string =>
  String(text).replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '\\<').trim();

/** Details of an error in which every value reads as its own name in braces, also as a list or a count. */
const placeholders = (): object =>
  new Proxy({}, { get: (_target, name) => placeholder(typeof name === 'string' ? `{${name}}` : '') });

function placeholder(text: string): object {
  const value: object = {
    length: { [Symbol.toPrimitive]: () => 'N' },
    join: () => text,
    map: () => value,
    slice: () => value,
    toJSON: () => text,
    [Symbol.toPrimitive]: () => text,
  };
  return value;
}
