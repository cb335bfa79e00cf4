import { quoted } from '../safe-text.ts';

/** What to say of an id that no input has, and which input may be meant. Pure; reads all inputs. */
export function unknownId(id: string, inputs: ReadonlySet<string>): string {
  const fault = `${quoted(id)} is not an input`;
  if (id.includes('\uFFFD')) return `${fault}; the file is not UTF-8: save it as UTF-8`;
  const meant = id === '' ? undefined : meantBy(id, inputs);
  return meant === undefined ? fault : `${fault}, did you mean ${quoted(meant)}?`;
}

/** The one input that the id would be but for a folder before it, its extension, or capital letters. */
function meantBy(id: string, inputs: ReadonlySet<string>): string | undefined {
  const path = id.replaceAll('\\', '/');
  for (let at = 0; at >= 0; at = path.indexOf('/', at) + 1 || -1) {
    const name = path.slice(at);
    if (inputs.has(name)) return name;
  }
  const stem = stemOf(path);
  const similar = [...inputs].filter((input) => stemOf(input) === stem);
  return similar.length === 1 ? similar[0] : undefined;
}

const stemOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/(?<=.)\.[^./]{0,8}$/, '');
