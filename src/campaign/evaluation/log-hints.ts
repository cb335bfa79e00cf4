import type { FullMemory, LogHints } from '../model/run-outcome.ts';
import * as patterns from './memory-patterns.ts';

/** What the last lines of a log report. */
export const logHints = (tail: string): LogHints => ({
  fullMemory: fullMemoryIn(tail) ?? null,
  readOnlyFileSystem: saysReadOnly(tail),
});

/**
 * The memory that the last message about memory reports as full; undefined without such a message. A process error that
 * directly follows a device error repeats it, so it means the device.
 */
export function fullMemoryIn(tail: string): FullMemory | undefined {
  let isAfterError = false;
  const lines = linesOf(tail).reverse();
  for (const [place, line] of lines.entries()) {
    const found = fullMemoryOfLine(line);
    if (found === 'memory') return isEcho(lines.slice(place)) ? 'device' : 'memory';
    if (found === 'survived' && !isAfterError) return 'device';
    if (found !== undefined && found !== 'survived') return found;
    isAfterError ||= errorLine.test(line);
  }
  return undefined;
}

/** Number of last lines that show why a program ended; about a Python traceback of two exceptions. */
const closingLines = 40;

/** Whether the last lines report a read-only file system. */
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

const says = (texts: readonly RegExp[], line: string): boolean => texts.some((text) => text.test(line));

function fullMemoryOfLine(line: string): FullMemory | 'survived' | undefined {
  if (says(patterns.notAboutMemory, line)) return undefined;
  if (says(patterns.sharedMemoryFull, line)) return 'shared-memory';
  if (patterns.diskFull.test(line)) return undefined;
  const message = line.replace(patterns.advice, '');
  const isProcess = says(patterns.processMemoryFull, message);
  if (!isProcess && !says(patterns.memoryFull, message)) return undefined;
  if (patterns.hostMemory.test(message)) return 'memory';
  if (says(patterns.survivable, message)) return 'survived';
  return isProcess && !patterns.deviceNamed.test(message) ? 'memory' : 'device';
}

/** Whether a process error directly follows a device error. The lines are in reverse order. */
function isEcho(lines: readonly string[]): boolean {
  for (const line of lines) {
    const found = fullMemoryOfLine(line);
    if (found === 'device') return true;
    if (found !== 'memory' || patterns.hostMemory.test(line)) return false;
  }
  return false;
}

/** EROFS as libraries and languages print it, and as the C library prints it in translation (Debian's libc-l10n 2.36). */
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
