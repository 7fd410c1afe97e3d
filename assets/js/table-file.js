// Tables out of files, as spreadsheets save them, cut into pieces that the server takes. What is in a cell, only the
// server reads. Pure.

/** What the server takes of one table, with room to spare. */
export const PIECE = { lines: 250, bytes: 48_000 };
const SEPARATORS = [';', ',', '\t'];

/** The text of a file: UTF-8, UTF-16 with its mark, or else as Windows writes. */
export function decoded(bytes) {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** What stands between cells: as Excel is told by a first line of its own, or what the first line has most of. */
function separatorOf(text, hint) {
  if (hint) return hint[4];
  const [line] = text.split(/\r?\n|\r/, 1);
  const count = (sign) => line.split(sign).length;
  return SEPARATORS.reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

/** The lines of a table with what ends them: one goes on within quotes, which count at the start of a cell only. */
function linesOf(text, hint) {
  const separator = separatorOf(text, hint);
  const lines = [];
  let from = 0;
  let quoted = false;
  let isStart = true;
  for (let at = 0; at < text.length; at += 1) {
    const c = text[at];
    if (quoted) { if (c === '"') { if (text[at + 1] === '"') at += 1; else quoted = false; } continue; }
    if (c === '"' && isStart) { quoted = true; isStart = false; continue; }
    isStart = c === separator;
    if (c === '\n' || (c === '\r' && text[at + 1] !== '\n')) {
      lines.push(text.slice(from, at + 1));
      from = at + 1;
      isStart = true;
    }
  }
  if (from < text.length) lines.push(text.slice(from));
  return lines;
}

/**
 * pieces('nome;telefone\n…') → [{ text, numbers, firstHere }]: each has the head, and behind it lines of the table, whose
 * `numbers` are those of the file as a spreadsheet counts; the first of them is `firstHere` of the piece. `wanted(number)`
 * says which go along.
 */
export function pieces(table, wanted = () => true, most = PIECE) {
  const hint = /^sep=.\r?\n/.exec(table)?.[0] || '';
  const [head = '', ...rest] = linesOf(table.slice(hint.length), hint);
  const size = (text) => new TextEncoder().encode(text).length;
  const firstHere = hint ? 3 : 2;
  const made = [];
  rest.forEach((line, i) => {
    const [now, number] = [made.at(-1), firstHere + i];
    if (!wanted(number)) return;
    if (now && now.numbers.length < most.lines && size(now.text) + size(line) <= most.bytes) {
      now.text += line;
      now.numbers.push(number);
    } else made.push({ text: hint + head + line, numbers: [number], firstHere });
  });
  return made;
}

/** The same of what an export in JSON has. */
export function rowPieces(rows, wanted = () => true, most = PIECE.lines / 2) {
  const numbers = rows.map((_, i) => i + 1).filter(wanted);
  const made = [];
  for (let at = 0; at < numbers.length; at += most) {
    const some = numbers.slice(at, at + most);
    made.push({ rows: some.map((number) => rows[number - 1]), numbers: some, firstHere: 1 });
  }
  return made;
}

/** The lines of all pieces, numbered as in the file; a name that an earlier piece has is there twice. */
export function joined(answers) {
  const seen = new Set();
  return answers.flatMap(({ numbers, firstHere, lines }) => lines.map((line) => {
    const one = { ...line, line: numbers[line.line - firstHere] };
    if (!['new', 'change', 'same'].includes(one.outcome)) return one;
    if (seen.has(one.name)) return { ...one, outcome: 'conflict', reason: 'twice' };
    seen.add(one.name);
    return one;
  }));
}
