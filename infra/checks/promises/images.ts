import { accountOf, field, resourcesOf, textsOf, textOf } from '../installation.ts';
import { policiesOf } from '../policies.ts';
import { differences, unless, type Promised } from '../promise.ts';

const store: Promised = {
  name: 'both repositories are immutable, scanned, encrypted with the key, and outlive their stack',
  faultsIn: (installation, { prefix }) => {
    const found = resourcesOf(installation, 'AWS::ECR::Repository');
    const names = found.map(({ properties }) => textOf(properties['RepositoryName']));
    return [
      ...differences('repositories', names, [`${prefix}holdout-runner`, `${prefix}holdout-submissions`]),
      ...found.flatMap(({ properties, resource }) => {
        const name = textOf(properties['RepositoryName']);
        return [
          ...unless(properties['ImageTagMutability'] === 'IMMUTABLE', `a tag of ${name} may move`),
          ...unless(field(properties, 'ImageScanningConfiguration', 'ScanOnPush') === true, `${name} is not scanned`),
          ...unless(field(properties, 'EncryptionConfiguration', 'KmsKey') !== undefined, `${name} has no key`),
          ...unless(resource.DeletionPolicy === 'Retain', `${name} is deleted with its stack`),
        ];
      }),
    ];
  },
};

/** Who may do what with a submission's image. */
const readers = {
  'ecr:GetDownloadUrlForLayer': ['runner', 'break-glass'],
  'ecr:BatchGetImage': ['runner', 'break-glass', 'worker'],
} as const;

const nobodyLooks: Promised = {
  name: 'only the runner and break-glass get the layers of a submission',
  faultsIn: (installation, settings) => {
    const { prefix } = settings;
    const statements = policiesOf(installation)
      .filter(({ kind, owner }) => kind === 'repository' && owner === `${prefix}holdout-submissions`)
      .flatMap((policy) => policy.statements);
    return Object.entries(readers).flatMap(([action, roles]) => {
      const denial = statements.find(
        ({ effect, actions, principal }) =>
          effect === 'Deny' && actions.includes(action) && field(principal, 'AWS') === '*',
      );
      const exempt =
        denial === undefined ? ['everybody'] : textsOf(field(denial.condition, 'ArnNotEquals', 'aws:PrincipalArn'));
      const wanted = roles.map((role) => `arn:aws:iam::${accountOf(settings)}:role/${prefix}holdout-${role}`);
      return differences(action, exempt, wanted);
    });
  },
};

export const imagePromises = [store, nobodyLooks];
