import type { KeyRing } from '../codec/key-ring.ts';
import { isSealed, openPayload, sealPayload } from '../codec/sealed-payload.ts';
import { fromJson, payloadsIn, toJson, type JsonPayload } from './json-payload.ts';

/** Opens payloads for people. What is not sealed, or cannot be opened, stays as it is. */
export const decoded = (keys: KeyRing, payloads: readonly JsonPayload[]): JsonPayload[] =>
  payloads.map((payload) => {
    const opened = openPayload(fromJson(payload), (id) => keys.find(id));
    return opened.kind === 'opened' ? toJson(opened.payload) : payload;
  });

/** Seals payloads for no workflow; {@link sealedMessage} then seals them for the one that gets them. */
export const encoded = (keys: KeyRing, payloads: readonly JsonPayload[]): JsonPayload[] =>
  payloads.map((payload) => toJson(sealPayload(fromJson(payload), keys.current)));

const message = /^\/api\/v1\/namespaces\/([^/]+)\/workflows\/([^/]+)\/(signal|update)\/[^/]+$/;

/** The workflow that gets the signal or update of this request; undefined for other requests. */
export function recipientOf(method: string | undefined, path: string) {
  const [, namespace, workflowId, kind] = message.exec(path) ?? [];
  if (method !== 'POST' || namespace === undefined || workflowId === undefined) return undefined;
  const recipient = { namespace: decodeURIComponent(namespace), workflowId: decodeURIComponent(workflowId) };
  return { ...recipient, kind: kind === 'update' ? ('update' as const) : ('signal' as const) };
}

type Recipient = NonNullable<ReturnType<typeof recipientOf>>;

/** The body of a signal or update of the Web UI, with its payloads sealed for the workflow that gets it. */
export function sealedMessage(keys: KeyRing, { namespace, workflowId, kind }: Recipient, body: object): object {
  const context = { type: 'workflow', namespace, workflowId } as const;
  const seal = (given: unknown): { payloads: JsonPayload[] } => {
    const payloads = payloadsIn(given) ?? [];
    // A message without content still needs a payload, which proves its sender.
    const some = payloads.length > 0 ? payloads : [nothing];
    return { payloads: some.map((payload) => toJson(sealPayload(contentOf(keys, payload), keys.current, context))) };
  };
  if (kind === 'signal') return { ...body, input: seal('input' in body ? body.input : undefined) };
  const request = objectAt(body, 'request');
  const input = objectAt(request, 'input');
  return { ...body, request: { ...request, input: { ...input, args: seal(objectAt(input, 'args')) } } };
}

const nothing: JsonPayload = toJson({ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{}') });

/** What {@link encoded} sealed is opened again. */
function contentOf(keys: KeyRing, json: JsonPayload) {
  const payload = fromJson(json);
  if (!isSealed(payload)) return payload;
  const opened = openPayload(payload, (id) => keys.find(id));
  if (opened.kind === 'refused') throw new RangeError(`the payload is refused: ${opened.reason}`);
  return opened.payload;
}

function objectAt(value: object, name: string): object {
  const found = (value as Record<string, unknown>)[name];
  return typeof found === 'object' && found !== null ? found : {};
}
