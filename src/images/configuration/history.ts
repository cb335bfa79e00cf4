import * as z from 'zod';
import { endOfDockerfile } from '../base/base-image.ts';

const schema = z.array(z.object({ created_by: z.string().nullish(), empty_layer: z.boolean().nullish() }));
const maxSteps = 1_000;

/** The part of an image's history by which `baseImageOf` finds its base; nothing if the history does not match the layers. */
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
