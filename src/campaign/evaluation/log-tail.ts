import {
  advice,
  deviceNamed,
  diskFull,
  hostMemory,
  memoryFull,
  notAboutMemory,
  processMemoryFull,
  sharedMemoryFull,
  survivable,
} from './memory-patterns.ts';

/** Whose memory a text says was full. */
export type FullMemory = 'device' | 'memory' | 'shared-memory';

/**
 * Whose memory the last words about memory say was full; undefined when there are none. A process that reports its device's
 * trouble as its own in the very next line means the device. Pure.
 */
export function fullMemoryIn(tail: string): FullMemory | undefined {
  let isOver = false;
  const lines = linesOf(tail).reverse();
  for (const [place, line] of lines.entries()) {
    const found = fullMemoryOfLine(line);
    if (found === 'memory') return isEcho(lines.slice(place)) ? 'device' : 'memory';
    if (found === 'survived' && !isOver) return 'device';
    if (found !== undefined && found !== 'survived') return found;
    isOver ||= errorLine.test(line);
  }
  return undefined;
}

/** How many of the last lines tell why a program ended; a Python traceback of two exceptions is about as long. */
const closingLines = 40;

/** Whether the last lines say that a file system may not be written. Pure. */
export const saysReadOnly = (tail: string): boolean =>
  linesOf(tail)
    .slice(-closingLines)
    .some((line) => readOnlyTexts.test(line));

const colours = new RegExp(String.raw`\u001B\[[\d;]*[A-Za-z]`, 'g');

const linesOf = (tail: string): string[] =>
  tail
    .replace(colours, '')
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '');

const errorLine = /^\s*(?:[\w.]+\.)?\w*(?:Error|Exception)\b/;

const says = (patterns: readonly RegExp[], line: string): boolean => patterns.some((text) => text.test(line));

function fullMemoryOfLine(line: string): FullMemory | 'survived' | undefined {
  if (says(notAboutMemory, line)) return undefined;
  if (says(sharedMemoryFull, line)) return 'shared-memory';
  if (diskFull.test(line)) return undefined;
  const message = line.replace(advice, '');
  const isProcess = says(processMemoryFull, message);
  if (!isProcess && !says(memoryFull, message)) return undefined;
  if (hostMemory.test(message)) return 'memory';
  if (says(survivable, message)) return 'survived';
  return isProcess && !deviceNamed.test(message) ? 'memory' : 'device';
}

/** The lines, the last first, begin with a process's own words, right after which its device's stand. */
function isEcho(lines: readonly string[]): boolean {
  for (const line of lines) {
    const found = fullMemoryOfLine(line);
    if (found === 'device') return true;
    if (found !== 'memory' || hostMemory.test(line)) return false;
  }
  return false;
}

/** EROFS: as libraries and languages print it, and as the C library does in other languages (Debian's libc-l10n 2.36). */
const readOnlyTexts = new RegExp(
  [
    String.raw`read-only file ?system`,
    String.raw`\bEROFS\b`,
    String.raw`\berrno:? 30\b`,
    String.raw`os error 30\b`,
    'ReadOnlyFileSystemException',
    'Dateisystem ist nur lesbar',
    'accessible en lecture seulement',
    'Sistema de fich?eros de s[oó]lo lectura',
    'File system in sola lettura',
    'Sistema de ficheiros só de leitura|Sistema de arquivos somente para leitura',
    'Файловая система доступна только для чтения|Файлова система тільки для зчитування',
    'Bestandssysteem is alleen-lezen|Skrivskyddat filsystem|Filsystem med kun l',
    'System plików wyłącznie do odczytu|Systém souborů je pouze pro čtení|Salt-okunur dosya sistemi',
    '只读文件系统|唯讀的檔案系統|読み込み専用ファイルシステム|읽기전용 파일 시스템|Hệ thống tập tin chỉ cho đọc',
  ].join('|'),
  'i',
);
