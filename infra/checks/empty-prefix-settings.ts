import type { InfraSettings } from '../src/settings/infra-settings.ts';
import { settings as sample } from './sample-settings.ts';

/** Settings that the app refuses. */
export const settings: InfraSettings = { ...sample, prefix: '' };
