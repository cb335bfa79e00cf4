import assert from 'node:assert/strict';
import { HoldoutError } from '../../src/errors.ts';
import { addressText, metricsAddressFrom } from '../../src/metrics/metrics-address.ts';
import { loadSettings } from '../../src/settings.ts';

describe('HOLDOUT_METRICS', () => {
  for (const [value, read, next] of [
    ['9464', '127.0.0.1:9464', '127.0.0.1:9465'],
    ['localhost:9464', '127.0.0.1:9464', '127.0.0.1:9465'],
    ['0.0.0.0:1', '0.0.0.0:1', '0.0.0.0:2'],
    ['10.1.2.3:65532', '10.1.2.3:65532', '10.1.2.3:65533'],
    ['[::1]:9464', '[::1]:9464', '[::1]:9465'],
    ['[::]:9464', '[::]:9464', '[::]:9465'],
  ] as const) {
    it(`${value} means ${read}, and the next port for the SDK`, () => {
      const address = metricsAddressFrom(value);
      assert.equal(addressText(address), read);
      assert.equal(addressText(address, 1), next);
      assert.deepEqual(metricsAddressFrom(addressText(address)), address, 'is read as it is written');
    });
  }

  // Temporal's SDK resolves no names; a port must leave room for the next ones.
  const refused = ['', '0', '65533', '99999', '09464', 'worker:9464', '127.0.0.1', '127.0.0.1:', ':9464', '::1:9464'];
  for (const value of [
    ...refused,
    '[127.0.0.1]:9464',
    '1.2.3:9464',
    '9464/metrics',
    ' 9464',
    'http://127.0.0.1:9464',
  ]) {
    it(`${JSON.stringify(value)} is refused`, () => {
      assert.throws(
        () => metricsAddressFrom(value),
        (error) =>
          error instanceof HoldoutError &&
          error.code === 'SETTING_INVALID' &&
          error.message.includes('HOLDOUT_METRICS'),
      );
    });
  }

  it('is off when it is unset or empty, as Compose sets it', () => {
    assert.equal(loadSettings({}).metrics, undefined);
    assert.equal(loadSettings({ HOLDOUT_METRICS: '' }).metrics, undefined);
    assert.deepEqual(loadSettings({ HOLDOUT_METRICS: '9464' }).metrics, { host: '127.0.0.1', port: 9464 });
  });
});
