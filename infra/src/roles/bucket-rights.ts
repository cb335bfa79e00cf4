import * as iam from 'aws-cdk-lib/aws-iam';
import { bucketGrants, type BucketGrant, type RightsHolder } from '../../../src/s3/bucket-rights.ts';
import { rightsOfPeople, type Person } from '../../../src/s3/rights-of-people.ts';
import type { Buckets } from '../../../src/settings.ts';
import type { Names } from '../names.ts';

/** Every role with rights in buckets. */
export type BucketUser = RightsHolder | Person;

const list = ['s3:ListBucket'];

const bucketNames = Object.keys(bucketGrants) as (keyof Buckets)[];

/** The programs' rights are those of the accounts of the local S3 server, with which the tests run. */
const grantsIn = (bucket: keyof Buckets): BucketGrant<BucketUser>[] => [
  ...bucketGrants[bucket],
  ...rightsOfPeople[bucket],
];

/** The statements of a role's policy for its buckets. Rights on a bucket and on its keys need separate statements. */
export function bucketStatements(names: Names, user: BucketUser): iam.PolicyStatement[] {
  return bucketNames.flatMap((bucket) =>
    grantsIn(bucket)
      .filter(({ to }) => to === user)
      .flatMap(({ actions, keys = '*' }) => [
        ...statement(
          actions.filter((action) => list.includes(action)),
          names.bucketArn(bucket),
        ),
        ...statement(
          actions.filter((action) => !list.includes(action)),
          `${names.bucketArn(bucket)}/${keys}`,
        ),
      ]),
  );
}

const statement = (actions: string[], resource: string): iam.PolicyStatement[] =>
  actions.length === 0 ? [] : [new iam.PolicyStatement({ actions, resources: [resource] })];

/** The buckets whose objects a role reads or writes, and so has to decrypt or encrypt. */
export const bucketsUsedBy = (user: BucketUser, right: 's3:GetObject' | 's3:PutObject'): (keyof Buckets)[] =>
  bucketNames.filter((bucket) => grantsIn(bucket).some(({ to, actions }) => to === user && actions.includes(right)));
