import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Payload, SerializationContext } from '@temporalio/common';
import * as fc from 'fast-check';
import { openPayload, sealPayload } from '../../src/codec/sealed-payload.ts';

const key = { id: 'one', key: randomBytes(32) };
const find = (id: string): Buffer | undefined => (id === key.id ? key.key : undefined);
const workflow = (workflowId: string, namespace = 'n'): SerializationContext => ({
  type: 'workflow',
  namespace,
  workflowId,
});
const activity = (activityId: string): SerializationContext => ({
  type: 'activity',
  namespace: 'n',
  workflowId: 'w',
  activityId,
  isLocal: false,
});
const json = (value: unknown): Payload => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(value)),
});
const reasonOf = (payload: Payload, context?: SerializationContext): string => {
  const opened = openPayload(payload, find, context);
  return opened.kind === 'opened' ? 'opened' : opened.reason;
};

describe('a sealed payload', () => {
  it('opens to the same payload, whatever its metadata and bytes', () => {
    const metadata = fc.dictionary(fc.string({ minLength: 1 }), fc.uint8Array({ maxLength: 20 }), { maxKeys: 4 });
    fc.assert(
      fc.property(metadata, fc.uint8Array(), (metadata, data) => {
        const opened = openPayload(sealPayload({ metadata, data }, key, workflow('w')), find, workflow('w'));
        assert.ok(opened.kind === 'opened', 'it opens');
        assert.deepEqual(Buffer.from(opened.payload.data ?? []), Buffer.from(data));
        const names = (value: Payload['metadata']): unknown =>
          Object.entries(value ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString('hex')]);
        assert.deepEqual(names(opened.payload.metadata), names(metadata));
      }),
    );
  });

  it('keeps JSON and nothing', () => {
    const nothing: Payload = { metadata: { encoding: Buffer.from('binary/null') } };
    for (const payload of [json({ a: 1 }), nothing]) {
      const opened = openPayload(sealPayload(payload, key, workflow('w')), find, workflow('w'));
      assert.ok(opened.kind === 'opened', 'it opens');
      assert.deepEqual(Buffer.from(opened.payload.metadata?.['encoding'] ?? []), payload.metadata?.['encoding']);
    }
  });

  it('is refused once any byte of it has changed', () => {
    const sealed = sealPayload(json('a score of 0.1'), key, workflow('w'));
    const data = Buffer.from(sealed.data ?? []);
    for (let at = 0; at < data.length; at += 1) {
      const changed = Buffer.from(data);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      assert.equal(reasonOf({ ...sealed, data: changed }, workflow('w')), 'altered', `byte ${at}`);
    }
    assert.equal(reasonOf({ ...sealed, data: data.subarray(0, 27) }, workflow('w')), 'altered');
    const digest = Buffer.alloc(16);
    assert.equal(reasonOf({ ...sealed, metadata: { ...sealed.metadata, for: digest } }), 'altered');
  });

  it('opens only for the workflow or activity for which it was sealed', () => {
    const forOne = sealPayload(json(1), key, workflow('w'));
    assert.equal(reasonOf(forOne, workflow('w')), 'opened');
    for (const other of [workflow('v'), workflow('w', 'm'), activity('1')])
      assert.equal(reasonOf(forOne, other), 'moved');
    const result = sealPayload(json(1), key, activity('5'));
    assert.equal(reasonOf(result, activity('5')), 'opened');
    assert.equal(reasonOf(result, activity('6')), 'moved');
    assert.equal(reasonOf(sealPayload(json(1), key), workflow('w')), 'moved', 'sealed for none');
    assert.equal(reasonOf(forOne), 'opened', 'for people who read a history');
  });

  it('is refused without its key, and so is a plain payload', () => {
    const other = { id: 'two', key: randomBytes(32) };
    assert.equal(reasonOf(sealPayload(json(1), other, workflow('w')), workflow('w')), 'unknown-key');
    const pretended = sealPayload(json(1), { ...other, id: 'one' }, workflow('w'));
    assert.equal(reasonOf(pretended, workflow('w')), 'altered');
    assert.equal(reasonOf(json(1), workflow('w')), 'plain');
  });

  it('shows nothing of its content, and a summary of 150 characters stays below the server’s limit of 400 bytes', () => {
    const sealed = sealPayload(json('canary'.repeat(25)), key, workflow('w'));
    const bytes = Buffer.concat([...Object.values(sealed.metadata ?? {}), sealed.data ?? Buffer.alloc(0)]);
    assert.ok(!bytes.includes('canary'), 'no canary');
    const names = Object.keys(sealed.metadata ?? {}).join('').length;
    assert.ok(bytes.length + names + 30 < 350, `${bytes.length + names + 30} bytes`);
  });
});
