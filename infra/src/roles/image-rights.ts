import * as iam from 'aws-cdk-lib/aws-iam';
import {
  loginActions,
  lookAtRepositoryActions,
  pullActions,
  storeActions,
} from '../../../src/registry/registry-rights.ts';
import type { Names } from '../names.ts';

type Repository = keyof Names['repositories'];

/** Logs in to the registry; the action knows no resources. */
const logIn = (): iam.PolicyStatement =>
  new iam.PolicyStatement({ sid: 'LogInToRegistry', actions: loginActions, resources: ['*'] });

export const pullImages = (names: Names, repository: Repository): iam.PolicyStatement[] => [
  logIn(),
  new iam.PolicyStatement({
    sid: 'PullImages',
    actions: pullActions,
    resources: [names.repositoryArn(repository)],
  }),
];

/** Stores images and reads back their manifests and scan findings, but never a layer. */
export const storeImages = (names: Names): iam.PolicyStatement[] => [
  logIn(),
  new iam.PolicyStatement({
    sid: 'StoreImages',
    actions: storeActions,
    resources: [names.repositoryArn('submissions')],
  }),
];

/** Pushes the runner's image, and sees what is in both repositories without reading it. */
export const pushRunner = (names: Names): iam.PolicyStatement[] => [
  logIn(),
  new iam.PolicyStatement({
    sid: 'PushRunner',
    actions: [
      ...pullActions,
      'ecr:CompleteLayerUpload',
      'ecr:InitiateLayerUpload',
      'ecr:PutImage',
      'ecr:UploadLayerPart',
    ],
    resources: [names.repositoryArn('runner')],
  }),
  new iam.PolicyStatement({
    sid: 'LookAtRepositories',
    actions: lookAtRepositoryActions,
    resources: [names.repositoryArn('runner'), names.repositoryArn('submissions')],
  }),
];
