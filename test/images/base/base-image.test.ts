import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { baseImageOf } from '../../../src/images/base/base-image.ts';
import { sha256 } from '../../support/images/image-archives.ts';

const layer = (text: string): string => `sha256:${sha256(text)}`;
const debian = layer('debian');
const framework = layer('framework');
const [code, weights, other] = [layer('code'), layer('weights'), layer('other')];

/** Chain ids as in the OCI image specification. */
const chainOf = (...layers: string[]): string =>
  layers.reduce((below, next) => layer(`${below} ${next}`)).slice('sha256:'.length);

const step = (created_by: string, empty_layer = false): object => ({ created_by, ...(empty_layer && { empty_layer }) });
const image = (layers: string[], history?: object[]): unknown => ({
  architecture: 'amd64',
  os: 'linux',
  rootfs: { type: 'layers', diff_ids: layers },
  ...(history && { history }),
});

/** The histories of a framework's image on Debian by the classic builder and BuildKit. */
const classic = [
  step('/bin/sh -c #(nop) ADD file:5d67 in / '),
  step('/bin/sh -c #(nop)  CMD ["bash"]', true),
  step('/bin/sh -c pip install framework'),
  step('/bin/sh -c #(nop)  ENTRYPOINT ["/entry"]', true),
];
const buildKit = [
  step('ADD file:5d67 in / '),
  step('CMD ["bash"]', true),
  step('RUN /bin/sh -c pip install framework # buildkit'),
  step('ENTRYPOINT ["/entry"]', true),
];
const own = [step('COPY code /code'), step('ENV A=1', true), step('COPY weights /w'), step('CMD ["run"]', true)];

describe('the base of an image', () => {
  it('is everything before the last CMD or ENTRYPOINT with layers after it, whichever tool built it', () => {
    for (const history of [classic, buildKit]) {
      const base = baseImageOf(image([debian, framework, code, weights], [...history, ...own]));
      assert.equal(base, chainOf(debian, framework));
    }
  });

  it('is the same for other code on the same base, and different on another base', () => {
    const one = image([debian, framework, code], [...buildKit, step('COPY code /')]);
    const two = image([debian, framework, other, weights], [...buildKit, ...own]);
    assert.equal(baseImageOf(one), baseImageOf(two));
    const three = image([debian, other, code], [...buildKit, step('COPY code /')]);
    assert.notEqual(baseImageOf(one), baseImageOf(three));
  });

  it('is the first of several bases when only that one has a CMD', () => {
    const history = [...buildKit.slice(0, 3), step('COPY code /'), step('CMD ["run"]', true)];
    assert.equal(baseImageOf(image([debian, framework, code], history)), chainOf(debian));
  });

  it('is all but the last layer without a history', () => {
    assert.equal(baseImageOf(image([debian, framework, code])), chainOf(debian, framework));
    assert.equal(baseImageOf(image([debian, code], [step('squashed'), step('COPY code /')])), chainOf(debian));
  });

  it('is unknown for a single layer and for an unreadable configuration', () => {
    assert.equal(baseImageOf(image([code])), null);
    for (const config of [null, 7, {}, { rootfs: {} }, image(['../../x', code]), image([code], [{ created_by: 1 }])]) {
      assert.equal(baseImageOf(config), null);
    }
  });

  it('is always a sha256 in hex, whatever the configuration contains', () => {
    const line = fc.record({ created_by: fc.string(), empty_layer: fc.boolean() }, { requiredKeys: [] });
    const layers = fc.array(fc.constantFrom(debian, framework, code, weights), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(layers, fc.array(fc.oneof(line, fc.constantFrom(...buildKit, ...own))), (layers, history) => {
        const base = baseImageOf(image(layers, history));
        assert.ok(base === null ? layers.length === 1 : /^[0-9a-f]{64}$/.test(base));
      }),
    );
  });
});
