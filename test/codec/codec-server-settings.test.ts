import assert from 'node:assert/strict';
import { codecServerSettings } from '../../src/codec-server/codec-server-settings.ts';

describe('the settings of the codec server', () => {
  const complete = {
    HOLDOUT_CODEC_KEYS: 'keys.json',
    HOLDOUT_WEB_UI: 'http://127.0.0.1:8080',
    HOLDOUT_WEB_TOKEN: 't'.repeat(43),
  };

  it('have a usual port', () => {
    assert.equal(codecServerSettings(complete).port, 8233);
    assert.equal(codecServerSettings({ ...complete, HOLDOUT_UI_PORT: '' }).port, 8233);
    assert.equal(codecServerSettings({ ...complete, HOLDOUT_UI_PORT: '9000' }).port, 9000);
    assert.equal(codecServerSettings({ ...complete, HOLDOUT_UI_PORT: '0' }).port, 0);
  });

  it('listen on the loopback address, unless a container’s port is published on it', () => {
    assert.equal(codecServerSettings(complete).address, '127.0.0.1');
    assert.equal(codecServerSettings({ ...complete, HOLDOUT_UI_ADDRESS: '0.0.0.0' }).address, '0.0.0.0');
  });

  const faults: [changes: NodeJS.ProcessEnv, message: RegExp][] = [
    [{ HOLDOUT_CODEC_KEYS: '' }, /needs HOLDOUT_CODEC_KEYS/],
    [{ HOLDOUT_WEB_UI: 'temporal.example.org' }, /HOLDOUT_WEB_UI="temporal.example.org" is not an address/],
    [{ HOLDOUT_WEB_UI: 'localhost:8080' }, /is not an address/],
    [{ HOLDOUT_UI_PORT: 'x' }, /HOLDOUT_UI_PORT="x" is not a port/],
    [{ HOLDOUT_UI_PORT: '70000' }, /is not a port/],
    [{ HOLDOUT_UI_PORT: '-1' }, /is not a port/],
    [{ HOLDOUT_UI_ADDRESS: 'example.org' }, /HOLDOUT_UI_ADDRESS="example.org" is not an IP address/],
    [{ HOLDOUT_WEB_TOKEN: 'short' }, /fewer than 32 characters/],
  ];
  for (const [changes, message] of faults) {
    it(`are refused in one sentence: ${JSON.stringify(changes)}`, () => {
      assert.throws(() => codecServerSettings({ ...complete, ...changes }), message);
    });
  }
});
