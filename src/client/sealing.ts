import { join } from 'node:path';
import { homeFolder } from '../local/stack/home/home.ts';
import { makeSealKey } from '../sealing/seal-keys.ts';
import type { Settings } from '../settings.ts';

type SealSettings = Pick<Settings, 'sealKeys' | 'sealRecipient'>;

/** The folder with the identities of this command line. */
export const sealKeysFolder = ({ sealKeys }: SealSettings): string => sealKeys ?? join(homeFolder(), 'seal-keys');

/** For whom a new campaign is sealed: the recipient of the settings, or that of a key pair which this command line keeps. */
export const sealFor = async (settings: SealSettings, campaign: string): Promise<string> =>
  settings.sealRecipient ?? makeSealKey(sealKeysFolder(settings), campaign);
