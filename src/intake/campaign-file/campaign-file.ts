import { counted, quoted } from '../../safe-text.ts';
import { sections, type ReadCampaign, type Section, type SectionName } from './campaign-schema.ts';
import { withEachCapacity } from './capacity.ts';
import { withKeysOfType } from './instance-type-keys.ts';
import { suggestion } from './suggestion.ts';
import type { Path, Report } from './yaml-file.ts';

/** Begins every message with the key at its place. */
export const withLabels =
  (report: Report): Report =>
  (path, message) =>
    report(path, `${labelOf(path)} ${message}`);

/** Reads a campaign file key by key, so that one fault hides no other. */
export function readCampaign(content: unknown, report: Report): ReadCampaign {
  const root = asSection(content, [], report);
  const nested = Object.keys(sections).filter((name) => name !== 'campaign');
  reportUnknown(root, [...Object.keys(sections.campaign), ...nested], [], report);
  const section = <Name extends SectionName>(name: Name): Section<Name> => readNested(name, root[name], [name], report);
  return {
    campaign: readKeys('campaign', root, [], report),
    predictions: section('predictions'),
    inputs: section('inputs'),
    budget: section('budget'),
    ...(root['expect'] != null && { expect: section('expect') }),
    limits: section('limits'),
    ...(root['scan'] != null && { scan: section('scan') }),
    leaderboard: section('leaderboard'),
    fairness: section('fairness'),
    ...readClasses(root['instanceClasses'], report),
  };
}

/** Reports faults of instance classes at their places in the file. */
export const atWrittenClasses =
  (report: Report, { classPaths }: Pick<ReadCampaign, 'classPaths'>): Report =>
  (path, message) => {
    const [section, index, ...rest] = path;
    const written = section === 'instanceClasses' && typeof index === 'number' ? classPaths[index] : undefined;
    report(written === undefined ? path : [...written, ...rest], message);
  };

/** An entry of `capacity` calls its \`runnableLimit\` \`wait\`. */
const asWritten =
  (report: Report): Report =>
  (path, message) =>
    report(path.includes('capacity') ? path.map((step) => (step === 'runnableLimit' ? 'wait' : step)) : path, message);

function readClasses(written: unknown, report: Report): Pick<ReadCampaign, 'instanceClasses' | 'classPaths'> {
  if (!Array.isArray(written) || written.length === 0) {
    report(['instanceClasses'], `${found(written)}, must be a list of at least one instance class`);
    return { instanceClasses: [], classPaths: [] };
  }
  const classes = written.flatMap((row, index) => withEachCapacity(row, ['instanceClasses', index], report));
  return {
    instanceClasses: classes.map(({ row, path }) =>
      readNested('instanceClasses', withKeysOfType(row), path, asWritten(report)),
    ),
    classPaths: classes.map(({ path }) => path),
  };
}

function readNested<Name extends SectionName>(name: Name, written: unknown, path: Path, report: Report): Section<Name> {
  const section = asSection(written ?? {}, path, report);
  reportUnknown(section, Object.keys(sections[name]), path, report);
  return readKeys(name, section, path, report);
}

function readKeys<Name extends SectionName>(
  name: Name,
  section: Record<string, unknown>,
  path: Path,
  report: Report,
): Section<Name> {
  const read: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(sections[name])) {
    const written = section[key] ?? undefined;
    const parsed = schema.safeParse(written);
    if (parsed.success) read[key] = parsed.data;
    for (const issue of parsed.error?.issues ?? []) {
      const [below] = issue.path;
      const value: unknown = below === undefined ? written : (written as Record<PropertyKey, unknown>)[below];
      const near =
        issue.code === 'invalid_value' && typeof value === 'string' ? suggestion(value, issue.values.map(String)) : '';
      report([...path, key, ...(issue.path as Path)], `${found(value)}, ${issue.message}${near}`);
    }
  }
  return read as Section<Name>;
}

function asSection(written: unknown, path: Path, report: Report): Record<string, unknown> {
  if (typeof written === 'object' && written !== null && !Array.isArray(written)) return { ...written };
  const isEmpty = path.length === 0 && written == null;
  report(path, `${isEmpty ? 'is empty' : found(written)}, must be a mapping of keys to values`);
  return {};
}

function reportUnknown(section: Record<string, unknown>, known: readonly string[], path: Path, report: Report): void {
  for (const key of Object.keys(section)) {
    if (known.includes(key)) continue;
    const near = suggestion(key, known) || `; known keys: ${known.join(', ')}`;
    report([...path, key], `is not a key of a campaign file${near}`);
  }
}

/** Formats `limits.memory` or `instanceClasses[2].queue`. */
const labelOf = (path: Path): string =>
  path
    .map((step, depth) => (typeof step === 'number' ? `[${step}]` : `${depth === 0 ? '' : '.'}${safe(step)}`))
    .join('') || 'the file';

const safe = (key: string): string => (/^[\w-]{1,40}$/.test(key) ? key : quoted(key));

function found(value: unknown): string {
  if (value == null) return 'is missing';
  if (Array.isArray(value)) return `is a list of ${counted(value.length, 'element')}`;
  if (typeof value === 'object') return 'is a section';
  return `is ${typeof value === 'string' ? quoted(value) : (value as number | boolean)}`;
}
