import { checkAndRegisterKeys } from '../../codec/registered-keys.ts';
import type { Access } from '../access.ts';

/** Checks that this process has the keys of the stack's payloads. Throws CODEC_KEY_WRONG, CODEC_KEYS_UNSET. */
export const requireCodecKeys = ({ results, temporal, keys }: Access): Promise<void> =>
  checkAndRegisterKeys(results, temporal.options.namespace, keys);
