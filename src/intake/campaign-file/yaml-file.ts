import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import { messageOf } from '../../errors.ts';
import { lineNotUtf8, notUtf8 } from '../utf8.ts';

/** A place in a YAML file: keys and indices from the root. */
export type Path = readonly (string | number)[];

/** Reports a fault at a place in the campaign file. */
export type Report = (path: Path, message: string) => void;

/** The content of a YAML file and the line (from 1) of everything in it. */
interface YamlFile {
  content: unknown;
  /** The line of the key or element at `path`, or of its nearest existing parent. */
  lineOf: (path: Path) => number;
  /** Faults of the YAML syntax or the encoding; `content` is then undefined. */
  faults: { line: number; message: string }[];
}

/** Parses YAML 1.2 in UTF-8; duplicate keys are faults. */
export function parseYaml(bytes: Buffer): YamlFile {
  const unreadable = lineNotUtf8(bytes);
  if (unreadable !== undefined)
    return { content: undefined, lineOf: () => unreadable, faults: [{ line: unreadable, message: notUtf8 }] };
  const lines = new LineCounter();
  const document = parseDocument(bytes.toString(), { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const lineOf = (path: Path): number => lineAt(offsetOf(document, path));
  const faults = document.errors.map(({ pos, message }) => ({ line: lineAt(pos[0]), message }));
  if (faults.length > 0) return { content: undefined, lineOf, faults };
  try {
    return { content: document.toJS(), lineOf, faults };
  } catch (error) {
    // Aliases that expand without limit.
    return { content: undefined, lineOf, faults: [{ line: 1, message: messageOf(error) }] };
  }
}

function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined || !isScalar(pair.key)) return offset;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const element: unknown = node.items[Number(step)];
      if (!isMap(element) && !isScalar(element)) return offset;
      offset = element.range?.[0] ?? offset;
      node = element;
    }
  }
  return offset;
}
