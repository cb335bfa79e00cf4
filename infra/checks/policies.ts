import {
  field,
  listOf,
  resourcesOf,
  sampleAccount,
  textsOf,
  type Installation,
  type Json,
  type Properties,
  textOf,
} from './installation.ts';

/** A policy of the installation, with its owner: a role, bucket, key, repository or endpoint. */
export interface Policy {
  kind: 'role' | 'trust' | 'bucket' | 'key' | 'repository' | 'endpoint';
  owner: string;
  statements: Statement[];
}

export interface Statement {
  effect: string;
  actions: string[];
  resources: string[];
  /** The statement is about every other resource. */
  notResources: string[];
  principal: Json | undefined;
  condition: Properties;
  /** As in the template. */
  source: Json;
}

/** Where a resource keeps its policy. */
const places: readonly { type: string; kind: Policy['kind']; path: string[]; owner: string[] }[] = [
  { type: 'AWS::IAM::Policy', kind: 'role', path: ['PolicyDocument'], owner: ['Roles'] },
  { type: 'AWS::IAM::Role', kind: 'trust', path: ['AssumeRolePolicyDocument'], owner: ['RoleName'] },
  { type: 'AWS::S3::BucketPolicy', kind: 'bucket', path: ['PolicyDocument'], owner: ['Bucket'] },
  { type: 'AWS::KMS::Key', kind: 'key', path: ['KeyPolicy'], owner: ['Description'] },
  { type: 'AWS::ECR::Repository', kind: 'repository', path: ['RepositoryPolicyText'], owner: ['RepositoryName'] },
  { type: 'AWS::EC2::VPCEndpoint', kind: 'endpoint', path: ['PolicyDocument'], owner: ['ServiceName'] },
];

/** Every policy that the templates contain, with resolved ARNs. */
export const policiesOf = (installation: Installation): Policy[] =>
  places.flatMap(({ type, kind, path, owner }) =>
    resourcesOf(installation, type).flatMap(({ id, properties }) => {
      const document = field(properties, ...path);
      if (document === undefined) return [];
      const names = textsOf(field(properties, ...owner));
      return [
        { kind, owner: names.join(' ') || id, statements: listOf(field(document, 'Statement')).map(statementOf) },
      ];
    }),
  );

const statementOf = (source: Json): Statement => ({
  effect: textOf(field(source, 'Effect')),
  actions: textsOf(field(source, 'Action')),
  resources: textsOf(field(source, 'Resource')),
  notResources: textsOf(field(source, 'NotResource')),
  principal: field(source, 'Principal'),
  condition: (field(source, 'Condition') ?? {}) as Properties,
  source,
});

/**
 * The policy as a document for programs that judge identity policies: in the policy of a key, `*` is the key itself, and the
 * policies of repositories and roles name no resource but mean their owner.
 */
export const documentOf = ({ kind, owner, statements }: Policy): Json => {
  const self = ownArns[kind]?.(owner);
  return {
    Version: '2012-10-17',
    Statement: statements.map(({ source }) =>
      self === undefined ? source : { ...(source as Properties), Resource: self },
    ),
  };
};

const ownArns: Partial<Record<Policy['kind'], (owner: string) => string>> = {
  key: () => `arn:aws:kms:us-east-1:${sampleAccount}:key/11111111-2222-3333-4444-555555555555`,
  repository: (owner) => `arn:aws:ecr:us-east-1:${sampleAccount}:repository/${owner}`,
  trust: (owner) => `arn:aws:iam::${sampleAccount}:role/${owner}`,
};

/** Whether a pattern of a policy, with `*` and `?`, covers a value; the case of actions does not matter. */
export const covers = (pattern: string, value: string): boolean =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'i',
  ).test(value);

/** Whether a statement speaks of an action on a resource. */
export const speaksOf = ({ actions, resources, notResources }: Statement, action: string, resource: string): boolean =>
  actions.some((pattern) => covers(pattern, action)) &&
  (notResources.length === 0
    ? resources.some((pattern) => covers(pattern, resource))
    : !notResources.some((pattern) => covers(pattern, resource)));
