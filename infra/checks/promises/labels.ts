import { bucketsOf } from '../../../src/settings.ts';
import { accountOf, field, textsOf, type Installation, textOf } from '../installation.ts';
import type { InfraSettings } from '../../src/settings/infra-settings.ts';
import { policiesOf, speaksOf, type Statement } from '../policies.ts';
import { differences, unless, type Promised } from '../promise.ts';

const readers = ['s3:GetObject', 's3:GetObjectVersion'];
const writers = ['s3:PutObject'];

/** Roles whose own policy lets them do one of these with the labels. */
const allowedTo = (installation: Installation, actions: readonly string[], object: string): string[] =>
  policiesOf(installation)
    .filter(({ kind }) => kind === 'role')
    .filter(({ statements }) =>
      statements.some(
        (statement) => statement.effect === 'Allow' && actions.some((action) => speaksOf(statement, action, object)),
      ),
    )
    .map(({ owner }) => owner);

/** Roles that the bucket's policy does not refuse. */
function exemptFrom(statements: readonly Statement[], action: string, object: string): string[] | undefined {
  const denial = statements.find(
    (statement) =>
      statement.effect === 'Deny' &&
      field(statement.principal, 'AWS') === '*' &&
      speaksOf(statement, action, object) &&
      field(statement.condition, 'ArnNotEquals', 'aws:PrincipalArn') !== undefined,
  );
  return denial && textsOf(field(denial.condition, 'ArnNotEquals', 'aws:PrincipalArn'));
}

const arnOf = (settings: InfraSettings, role: 'scorer' | 'operator'): string =>
  `arn:aws:iam::${accountOf(settings)}:role/${settings.prefix}holdout-${role}`;

const labels: Promised = {
  name: 'only the scorer reads labels and only the operator writes them',
  faultsIn: (installation, settings) => {
    const { prefix } = settings;
    const bucket = bucketsOf({ bucketPrefix: prefix }).labels;
    const object = `arn:aws:s3:::${bucket}/x`;
    const [scorer, operator] = [`${prefix}holdout-scorer`, `${prefix}holdout-operator`];
    const policies = policiesOf(installation);
    const own = policies.find(({ kind, owner }) => kind === 'bucket' && owner === bucket)?.statements ?? [];
    const exempt = (action: string): string[] => exemptFrom(own, action, object) ?? ['everybody'];
    return [
      ...differences('readers of the labels', allowedTo(installation, readers, object), [scorer]),
      ...differences('writers of the labels', allowedTo(installation, writers, object), [operator]),
      ...readers.flatMap((action) =>
        differences(`the bucket's policy on ${action}`, exempt(action), [arnOf(settings, 'scorer')]),
      ),
      ...writers.flatMap((action) =>
        differences(`the bucket's policy on ${action}`, exempt(action), [arnOf(settings, 'operator')]),
      ),
      ...policies
        .filter(({ kind }) => kind === 'endpoint')
        .filter(({ statements }) => statements.some((statement) => speaksOf(statement, 's3:GetObject', object)))
        .map(({ owner }) => `the endpoint ${owner} leads to the labels`),
    ];
  },
};

const key: Promised = {
  name: 'the key decrypts labels for the scorer, and each role only its buckets',
  faultsIn: (installation, settings) => {
    const object = `arn:aws:s3:::${bucketsOf({ bucketPrefix: settings.prefix }).labels}`;
    const grants = policiesOf(installation)
      .filter(({ kind }) => kind === 'key')
      .flatMap(({ statements }) => statements)
      .filter(({ effect, principal }) => effect === 'Allow' && textOf(field(principal, 'AWS')).includes(':role/'));
    return grants.flatMap(({ actions, principal, condition }) => {
      const role = textOf(field(principal, 'AWS'));
      const buckets = textsOf(field(condition, 'StringEquals', 'kms:EncryptionContext:aws:s3:arn'));
      // Who writes needs to encrypt; Decrypt comes with it for uploads in parts.
      const mayRead = actions.includes('kms:Decrypt') && !actions.includes('kms:GenerateDataKey');
      return [
        ...unless(buckets.length > 0, `${role} may use the key for everything`),
        ...unless(
          /^s3\..*\.amazonaws\.com$/.test(textOf(field(condition, 'StringEquals', 'kms:ViaService'))),
          `${role} may use the key without S3`,
        ),
        ...unless(
          !mayRead || !buckets.includes(object) || role === arnOf(settings, 'scorer'),
          `${role} may decrypt labels`,
        ),
      ];
    });
  },
};

export const labelPromises = [labels, key];
