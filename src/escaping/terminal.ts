import { visible } from './visible.ts';

/** Text for a terminal or a log, of one or more lines: whoever wrote parts of it, it moves no cursor and reorders nothing. */
export const terminalText = (text: string): string => text.split('\n').map(visible).join('\n');
