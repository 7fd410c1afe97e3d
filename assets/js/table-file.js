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
 * pieces('nome;telefone\n…') → [{ text, lines, first, firstHere }]: each has the head, and behind it `lines` of the table;
 * `firstHere` of the piece is `first` of the file, as a spreadsheet counts them.
 */
export function pieces(table, most = PIECE) {
  const hint = /^sep=.\r?\n/.exec(table)?.[0] || '';
  const [head = '', ...rest] = linesOf(table.slice(hint.length), hint);
  const size = (text) => new TextEncoder().encode(text).length;
  const firstHere = hint ? 3 : 2;
  const made = [];
  rest.forEach((line, i) => {
    const now = made.at(-1);
    if (now && now.lines < most.lines && size(now.text) + size(line) <= most.bytes) {
      now.text += line;
      now.lines += 1;
    } else made.push({ text: hint + head + line, lines: 1, first: firstHere + i, firstHere });
  });
  return made;
}

/** The same of what an export in JSON has. */
export function rowPieces(rows, most = PIECE.lines / 2) {
  const made = [];
  for (let at = 0; at < rows.length; at += most) made.push({ rows: rows.slice(at, at + most), first: at + 1 });
  return made;
}

/** The lines of all pieces, numbered as in the file; a name that an earlier piece has is there twice. */
export function joined(answers) {
  const seen = new Map();
  return answers.flatMap(({ first, firstHere, lines }) => lines.map((line) => {
    const one = { ...line, line: first + line.line - firstHere };
    const earlier = seen.get(one.name);
    if (earlier !== undefined && one.outcome === 'new') return { ...one, outcome: 'conflict', reason: 'twice' };
    if (['new', 'change', 'same'].includes(one.outcome)) seen.set(one.name, one.line);
    return one;
  }));
}
