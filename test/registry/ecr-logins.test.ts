import assert from 'node:assert/strict';
import type { EcrHost } from '../../src/registry/ecr-host.ts';
import { EcrLogins } from '../../src/registry/ecr-logins.ts';

const hour = 3_600_000;
const hostIn = (region: string): EcrHost => ({ host: `1.dkr.ecr.${region}`, account: '1', region, isFips: false });

describe('logins to ECR', () => {
  let now: number;
  let fetched: string[];
  let logins: EcrLogins;
  beforeEach(() => {
    now = 0;
    fetched = [];
    logins = new EcrLogins(
      ({ region }) => Promise.resolve({ auth: `${region} ${fetched.push(region)}`, expiresAt: now + 12 * hour }),
      () => now,
    );
  });

  it('are renewed in time for three weeks of copies: none has less left than the longest copy takes', async () => {
    const issuedAt = new Map<string, number>();
    for (; now < 21 * 24 * hour; now += hour / 2) {
      const login = await logins.for(hostIn('eu-west-1'));
      if (!issuedAt.has(login)) issuedAt.set(login, now);
      assert.ok((issuedAt.get(login) ?? 0) + 12 * hour - now > 6 * hour);
    }
    assert.ok(fetched.length <= 21 * 4 + 1, `${fetched.length}`);
  });

  it('are one per registry', async () => {
    const [one, other] = [await logins.for(hostIn('eu-west-1')), await logins.for(hostIn('us-east-1'))];
    assert.notEqual(one, other);
    assert.equal(await logins.for(hostIn('eu-west-1')), one);
    assert.equal(await logins.for(hostIn('us-east-1')), other);
  });

  it('that a registry refuses are replaced, once for all that used them', async () => {
    const first = await logins.for(hostIn('eu-west-1'));
    const second = await logins.for(hostIn('eu-west-1'), first);
    assert.notEqual(second, first);
    assert.equal(await logins.for(hostIn('eu-west-1'), first), second);
    assert.equal(fetched.length, 2);
  });
});
