import assert from 'node:assert/strict';
import { instanceTypeOf, instanceTypes, jobMemoryMiB } from '../../../../src/campaign/model/classes/instance-types.ts';

describe('the instance types', () => {
  it('have prices of the sources that they name', () => {
    for (const [name, { microUsdPerHour, price }] of Object.entries(instanceTypes)) {
      assert.ok(microUsdPerHour > 0 && Number.isInteger(microUsdPerHour), name);
      assert.match(price.date, /^20\d\d-\d\d-\d\d$/, name);
      assert.equal(price.region, 'us-east-1', name);
    }
    assert.equal(instanceTypes['g6.xlarge']?.microUsdPerHour, 804_800);
  });

  it('give the bill of the case: $19,578 on g4dn.xlarge, c4.4xlarge and p3.2xlarge', () => {
    const hours = { 'g4dn.xlarge': 25_000, 'c4.4xlarge': 5_000, 'p3.2xlarge': 800 };
    const bill = Object.entries(hours).map(([name, count]) => count * (instanceTypeOf(name)?.microUsdPerHour ?? 0));
    assert.equal(bill.reduce((sum, one) => sum + one) / 1e6, 19_578);
  });

  it('leave memory for the system, and all of what ECS is known to register', () => {
    for (const [name, type] of Object.entries(instanceTypes)) {
      const share = jobMemoryMiB(type) / type.memoryMiB;
      assert.ok(share > 0.9 && share < 0.95, `${name}: ${share}`);
    }
    const { 'g6.xlarge': type } = instanceTypes;
    assert.ok(type);
    assert.equal(jobMemoryMiB({ ...type, registeredMemoryMiB: 15_700 }), 15_700);
  });

  it('are found by their own names only', () => {
    assert.equal(instanceTypeOf('toString'), undefined);
    assert.equal(instanceTypeOf('g6.12xlarge')?.gpus?.count, 4);
    assert.equal(instanceTypeOf('p3.2xlarge')?.hasImageOfBatch, false);
  });
});
