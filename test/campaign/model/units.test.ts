import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { microUsdOf, parseDuration, parseInstant, parseShare, parseSize } from '../../../src/campaign/model/units.ts';

describe('units of the campaign file', () => {
  it('reads durations in seconds', () => {
    const table = {
      '30s': 30,
      '15m': 900,
      '9h': 32_400,
      '2d': 172_800,
      '3w': 1_814_400,
      '1h30m': 5_400,
      '1w1d1h1m1s': 694_861,
      '0s': 0,
    };
    for (const [text, seconds] of Object.entries(table)) assert.equal(parseDuration(text), seconds, text);
    for (const text of ['', '9', 'h', '9 h', '1.5h', '-1h', '30m1h', '1h1h', '9H', '9hours', `${'9'.repeat(30)}w`]) {
      assert.equal(parseDuration(text), undefined, text);
    }
  });

  it('reads every duration it formats', () => {
    fc.assert(
      fc.property(
        fc.nat(500),
        fc.nat(500),
        fc.nat(500),
        (h, m, s) => parseDuration(`${h}h${m}m${s}s`) === h * 3600 + m * 60 + s,
      ),
    );
  });

  it('reads sizes in bytes, with decimal and binary units', () => {
    const table = {
      '50MiB': 52_428_800,
      '14GiB': 15_032_385_536,
      '1GB': 1_000_000_000,
      '1.5KiB': 1_536,
      '7B': 7,
      '1 TiB': 2 ** 40,
      '2KB': 2_000,
    };
    for (const [text, bytes] of Object.entries(table)) assert.equal(parseSize(text), bytes, text);
    for (const text of ['', '50', '50mb', '50Mi', 'MiB', '-1B', '1e3B', '1.B', '1BB', '1KiBiB', '99999999TiB']) {
      assert.equal(parseSize(text), undefined, text);
    }
  });

  it('reads shares', () => {
    assert.equal(parseShare('10%'), 0.1);
    assert.equal(parseShare('0%'), 0);
    assert.equal(parseShare('12.5%'), 0.125);
    for (const text of ['10', '0.1', '101%', '-1%', '%', '']) assert.equal(parseShare(text), undefined, text);
  });

  it('converts dollars to whole micro-dollars and refuses finer amounts', () => {
    assert.equal(microUsdOf(0.526), 526_000);
    assert.equal(microUsdOf(50_000), 50_000_000_000);
    for (const usd of [-1, 1e-7, Number.NaN, Infinity, 1e300]) assert.equal(microUsdOf(usd), undefined, String(usd));
    fc.assert(fc.property(fc.nat(2_000_000_000), (microUsd) => microUsdOf(microUsd / 1e6) === microUsd));
  });

  it('reads instants, by default in UTC', () => {
    assert.equal(parseInstant('2026-12-01T18:00:00Z')?.toISOString(), '2026-12-01T18:00:00.000Z');
    assert.equal(parseInstant('2026-12-01T18:00+02:00')?.toISOString(), '2026-12-01T16:00:00.000Z');
    assert.equal(parseInstant('2020-03-31 23:59:59.5')?.toISOString(), '2020-03-31T23:59:59.500Z');
    assert.equal(parseInstant('2020-02-29')?.toISOString(), '2020-02-29T00:00:00.000Z');
    for (const text of [
      '',
      '2026',
      '2021-02-29',
      '2021-13-01',
      '2021-01-01T25:00',
      '31.3.2020',
      '2020-03-31T10',
      'now',
    ]) {
      assert.equal(parseInstant(text), undefined, text);
    }
  });
});
