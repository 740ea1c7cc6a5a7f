/** A secret's text, and warnings about it, each of which continues "a text that …" and contains nothing of it. */
export interface SecretText {
  text: string;
  warnings: string[];
}

const MARKS = [
  { encoding: 'utf-8', mark: [0xef, 0xbb, 0xbf], warning: 'begins with a byte order mark, which is ignored' },
  {
    encoding: 'utf-16le',
    mark: [0xff, 0xfe],
    warning: 'is UTF-16, and was decoded as such: save it as UTF-8',
  },
  {
    encoding: 'utf-16be',
    mark: [0xfe, 0xff],
    warning: 'is UTF-16, and was decoded as such: save it as UTF-8',
  },
] as const;

/** Decodes a file: UTF-8, or UTF-16 with its byte order mark. */
export function decodeSecret(bytes: Uint8Array): SecretText {
  const marked = MARKS.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte));
  if (marked === undefined && !isUtf8(bytes))
    return { text: new TextDecoder().decode(bytes), warnings: ['is not UTF-8: some characters were lost'] };
  const text = new TextDecoder(marked?.encoding).decode(bytes);
  return { text, warnings: marked === undefined ? [] : [marked.warning] };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Removes one newline at the end, which editors and `echo` add. Other unusual characters may belong to a password. */
export function trimSecret({ text, warnings }: SecretText): SecretText {
  const trimmed = text.replace(/\r?\n$/, '');
  return {
    text: trimmed,
    warnings: [...warnings, ...WARNINGS.flatMap(({ is, warning }) => (is(trimmed) ? [warning] : []))],
  };
}

const WARNINGS: readonly { is: (text: string) => boolean; warning: string }[] = [
  {
    is: (text) => /[\r\n]$/.test(text),
    warning: 'ends with more than one newline, of which only the last is removed',
  },
  { is: (text) => /[\r\n](?![\r\n]*$)/.test(text), warning: 'has more than one line' },
  { is: (text) => /^[^\S\r\n]|[^\S\r\n]$/.test(text), warning: 'begins or ends with a blank' },
  { is: hasControls, warning: 'contains control characters' },
];

/** For example NUL, which UTF-16 without a byte order mark contains. */
function hasControls(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- it detects them
  return /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text);
}
