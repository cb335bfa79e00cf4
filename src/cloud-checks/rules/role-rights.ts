import {
  endActions,
  headActions,
  lookActions,
  registerActions,
  submitActions,
  tagActions,
} from '../../batch/batch-rights.ts';
import { loginActions, lookAtRepositoryActions, pullActions, storeActions } from '../../registry/registry-rights.ts';
import { bucketGrants, type RightsHolder } from '../../s3/bucket-rights.ts';
import { rightsOfPeople } from '../../s3/rights-of-people.ts';
import { bucketsOf, type Buckets } from '../../settings.ts';
import { roleCheckActions } from './iam-rights.ts';
import { quotaCheckActions } from './quota-rights.ts';

export type CheckedRole = RightsHolder | 'operator';

/** Actions on one resource. `*` for actions that know none. */
export interface Right {
  actions: readonly string[];
  resource: string;
}

/** What the ARNs of an installation depend on. */
export interface RightsPlaces {
  account: string;
  region: string;
  bucketPrefix: string;
  /** Prefix of the job definitions. */
  definitions: string;
  queues: readonly string[];
  /** Repository of the submissions' images; undefined if they are not in ECR. */
  imageRepository: string | undefined;
}

/** Stands for any key, job or revision: a simulation wants whole ARNs. */
const any = 'holdout-check';

/** Every right that a role needs: the tables from which infra/ makes the policies, on this installation's resources. */
export function rightsOf(role: CheckedRole, places: RightsPlaces): Right[] {
  const { queues, definitions, imageRepository } = places;
  const jobs = arn(places, 'batch', `job/${any}`);
  const images = imageRepository === undefined ? [] : [arn(places, 'ecr', `repository/${imageRepository}`)];
  const onImages = (actions: readonly string[]): Right[] =>
    images.flatMap((resource) => [
      { actions: loginActions, resource: '*' },
      { actions, resource },
    ]);
  const look = { actions: lookActions, resource: '*' };
  const end = { actions: endActions, resource: jobs };
  const queueArns = queues.map((queue) => arn(places, 'batch', `job-queue/${queue}`));
  const definition = arn(places, 'batch', `job-definition/${definitions}-${any}`);
  const others: Record<CheckedRole, Right[]> = {
    worker: [
      look,
      end,
      ...[...queueArns, `${definition}:1`, jobs].map((resource) => ({ actions: submitActions, resource })),
      { actions: tagActions, resource: jobs },
      ...onImages(storeActions),
    ],
    scorer: [],
    runner: onImages(pullActions),
    operator: [
      look,
      end,
      { actions: registerActions, resource: definition },
      ...queueArns.map((resource) => ({ actions: headActions, resource })),
      ...onImages(lookAtRepositoryActions),
      { actions: roleCheckActions, resource: roleArnOf('runner', places) },
      { actions: quotaCheckActions, resource: '*' },
    ],
  };
  return [...bucketRights(role, places), ...others[role]];
}

function bucketRights(role: CheckedRole, places: RightsPlaces): Right[] {
  const buckets = bucketsOf(places);
  return (Object.keys(bucketGrants) as (keyof Buckets)[]).flatMap((bucket) =>
    [...bucketGrants[bucket], ...rightsOfPeople[bucket]]
      .filter(({ to }) => to === role)
      .flatMap(({ actions, keys = '*' }) => {
        const own = actions.filter((action) => action === 's3:ListBucket');
        const onKeys = actions.filter((action) => action !== 's3:ListBucket');
        const name = `arn:aws:s3:::${buckets[bucket]}`;
        return [
          { actions: own, resource: name },
          { actions: onKeys, resource: `${name}/${keys.replaceAll('*', any)}` },
        ].filter((right) => right.actions.length > 0);
      }),
  );
}

const arn = ({ region, account }: RightsPlaces, service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

/** The ARN of a role of infra/. */
export const roleArnOf = (role: CheckedRole, { account, bucketPrefix }: RightsPlaces): string =>
  `arn:aws:iam::${account}:role/${bucketPrefix}holdout-${role}`;
