import type { Identity } from '../../cloud-checks/caller-identity.ts';
import type { Caller } from '../../cloud-checks/caller.ts';
import { checkRole } from '../../cloud-checks/check-role.ts';
import { repositoryOf } from '../../cloud-checks/image-store.ts';
import { roleArnOf, type CheckedRole } from '../../cloud-checks/rules/role-rights.ts';
import { ecrHostOf, hostOf } from '../../registry/ecr-host.ts';
import type { Requirement } from '../../requirement.ts';
import type { Settings } from '../../settings.ts';

const roles: readonly CheckedRole[] = ['operator', 'worker', 'scorer', 'runner'];

/** Every right of the four roles that infra/ makes. */
export async function checkRoles(
  { account }: Identity,
  queues: readonly string[],
  settings: Settings,
  caller: Caller,
): Promise<Requirement[]> {
  const { bucketPrefix, imageStore, jobDefinition: definitions } = settings;
  const isEcr = ecrHostOf(hostOf(imageStore) ?? '') !== undefined;
  const imageRepository = isEcr ? repositoryOf(imageStore) : undefined;
  const places = { account, region: caller.region, bucketPrefix, definitions, queues, imageRepository };
  return Promise.all(roles.map((role) => checkRole(role, roleArnOf(role, places), places, caller)));
}
