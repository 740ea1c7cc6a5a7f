/** A secret's text, and what is odd about it, each continuing "a text that …"; nothing of the text is in them. */
export interface SecretText {
  text: string;
  oddities: string[];
}

const MARKS = [
  { encoding: 'utf-8', mark: [0xef, 0xbb, 0xbf], oddity: 'begins with a byte order mark, which is left out' },
  { encoding: 'utf-16le', mark: [0xff, 0xfe], oddity: 'is UTF-16, and was read as such: save it as UTF-8' },
  { encoding: 'utf-16be', mark: [0xfe, 0xff], oddity: 'is UTF-16, and was read as such: save it as UTF-8' },
] as const;

/** Decodes a file: UTF-8, or UTF-16 with its byte order mark. */
export function decodeSecret(bytes: Uint8Array): SecretText {
  const marked = MARKS.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte));
  if (marked === undefined && !isUtf8(bytes))
    return { text: new TextDecoder().decode(bytes), oddities: ['is not UTF-8: some characters are lost'] };
  const text = new TextDecoder(marked?.encoding).decode(bytes);
  return { text, oddities: marked === undefined ? [] : [marked.oddity] };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Leaves out the one newline that editors and `echo` add; whatever else is odd may belong to a password. */
export function trimSecret({ text, oddities }: SecretText): SecretText {
  const trimmed = text.replace(/\r?\n$/, '');
  return {
    text: trimmed,
    oddities: [...oddities, ...ODDITIES.flatMap(({ is, oddity }) => (is(trimmed) ? [oddity] : []))],
  };
}

const ODDITIES: readonly { is: (text: string) => boolean; oddity: string }[] = [
  {
    is: (text) => /[\r\n]$/.test(text),
    oddity: 'ends with more than one newline, of which only the last is left out',
  },
  { is: (text) => /[\r\n](?![\r\n]*$)/.test(text), oddity: 'has more than one line' },
  { is: (text) => /^[^\S\r\n]|[^\S\r\n]$/.test(text), oddity: 'begins or ends with a blank' },
  { is: hasControls, oddity: 'holds control characters' },
];

/** NUL for example, which UTF-16 without its mark is full of. */
function hasControls(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  return /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text);
}
