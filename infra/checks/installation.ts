import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InfraSettings } from '../src/settings/infra-settings.ts';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Properties = { [name: string]: Json };

export interface Resource {
  Type: string;
  Properties?: Properties;
  DeletionPolicy?: string;
}

export interface Template {
  Resources: Record<string, Resource>;
}

/** The templates of an installation, by stack. */
export type Installation = Record<string, Template>;

const suffix = '.template.json';

/** Reads the templates that a synthesis has left in a folder. */
export const readInstallation = (folder: string): Installation =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((file) => file.endsWith(suffix))
      .map((file) => [file.slice(0, -suffix.length), JSON.parse(readFileSync(join(folder, file), 'utf8')) as Template]),
  );

export interface FoundResource {
  stack: string;
  id: string;
  properties: Properties;
  resource: Resource;
}

/** All resources of these types, with references resolved as far as the checks need it. */
export function resourcesOf(installation: Installation, ...types: string[]): FoundResource[] {
  const known = referencesIn(installation);
  return Object.entries(installation).flatMap(([stack, { Resources }]) =>
    Object.entries(Resources)
      .filter(([, { Type }]) => types.includes(Type))
      .map(([id, resource]) => ({
        stack,
        id,
        resource,
        properties: resolved(resource.Properties ?? {}, known) as Properties,
      })),
  );
}

/** The account of resolved ARNs. */
export const sampleAccount = '123456789012';
const region = 'us-east-1';

/** The account in the resolved ARNs of an installation. */
export const accountOf = ({ account }: Pick<InfraSettings, 'account'>): string => account ?? sampleAccount;

/** What a reference to a resource of these types means: its name, and an ARN that contains it. */
const named: Record<string, { property: string; arn: string; end?: string }> = {
  'AWS::S3::Bucket': { property: 'BucketName', arn: 'arn:aws:s3:::' },
  'AWS::IAM::Role': { property: 'RoleName', arn: `arn:aws:iam::${sampleAccount}:role/` },
  'AWS::ECR::Repository': { property: 'RepositoryName', arn: `arn:aws:ecr:${region}:${sampleAccount}:repository/` },
  'AWS::Logs::LogGroup': {
    property: 'LogGroupName',
    arn: `arn:aws:logs:${region}:${sampleAccount}:log-group:`,
    end: ':*',
  },
};

/** Values of references and attributes, by `<id>` and `<id>.Arn`. */
function referencesIn(installation: Installation): Map<string, string> {
  const known = new Map([
    ['AWS::AccountId', sampleAccount],
    ['AWS::Partition', 'aws'],
    ['AWS::Region', region],
    ['AWS::URLSuffix', 'amazonaws.com'],
  ]);
  for (const [id, { Type, Properties }] of Object.values(installation).flatMap(({ Resources }) =>
    Object.entries(Resources),
  )) {
    const { property, arn, end = '' } = named[Type] ?? {};
    const name = property === undefined ? undefined : Properties?.[property];
    if (typeof name !== 'string') continue;
    known.set(id, name);
    known.set(`${id}.Arn`, `${arn}${name}${end}`);
  }
  return known;
}

/** A value as CloudFormation would have it; an unknown reference becomes the logical id, an attribute `<id>.<attribute>`. */
function resolved(value: Json, known: ReadonlyMap<string, string>): Json {
  if (Array.isArray(value)) return value.map((entry) => resolved(entry, known));
  if (value === null || typeof value !== 'object') return value;
  const [name, argument] = Object.entries(value)[0] ?? ['', null];
  const found = (reference: string): string => known.get(reference) ?? reference;
  if (name === 'Ref') return found(textOf(argument));
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) return found(textsOf(argument).join('.'));
  if (name === 'Fn::ImportValue') return imported(textOf(resolved(argument, known)));
  if (name === 'Fn::Base64') return resolved(argument, known);
  if (name === 'Fn::Join' && Array.isArray(argument)) {
    const [separator = '', parts = []] = argument;
    return (resolved(parts, known) as string[]).join(textOf(separator));
  }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, resolved(entry, known)]));
}

/** The logical id within the name that the CDK gives an export. */
const imported = (name: string): string => /:ExportsOutput(?:Ref|FnGetAtt)(.+)$/.exec(name)?.[1] ?? name;

/** A field by its path, or undefined. */
export function field(value: Json | undefined, ...path: string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (at, name) => (at !== null && typeof at === 'object' && !Array.isArray(at) ? at[name] : undefined),
    value,
  );
}

/** A value that may stand alone or in a list. */
export const listOf = (value: Json | undefined): Json[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
export const textsOf = (value: Json | undefined): string[] => listOf(value).map(textOf);
/** A text, number or flag as it is, anything else as JSON. */
export const textOf = (value: Json | undefined): string =>
  value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value);
