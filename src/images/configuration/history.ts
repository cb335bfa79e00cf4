import * as z from 'zod';

const schema = z.array(z.object({ created_by: z.string().nullish(), empty_layer: z.boolean().nullish() }));
const maxSteps = 1_000;
/** How a Dockerfile's CMD and ENTRYPOINT look in a history: they end the images that others build on. */
const endOfDockerfile = /^(?:\/bin\/sh -c #\(nop\)\s+)?(CMD|ENTRYPOINT)\b/;

/** Of an image's history what tells its base, see `baseImageOf`; nothing of one that does not fit its layers. */
export function acceptedHistory(history: unknown, layers: number): { history?: object[] } {
  const parsed = schema.safeParse(history);
  if (!parsed.success || parsed.data.length > maxSteps) return {};
  const steps = parsed.data.map(({ created_by, empty_layer }) => ({
    created_by: endOfDockerfile.exec(created_by ?? '')?.[1] ?? '',
    ...(empty_layer === true && { empty_layer }),
  }));
  const withLayer = steps.filter(({ empty_layer }) => empty_layer !== true).length;
  return withLayer === layers ? { history: steps } : {};
}
