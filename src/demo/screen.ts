import { stripVTControlCharacters } from 'node:util';
import { printable } from '../util/printable.ts';
import type { Card, NtfyEvent } from '../simulator/index.ts';

/** What the phone shows after an event. */
export interface View {
  cards: readonly Card[];
  heard: readonly NtfyEvent[];
  event: NtfyEvent;
}

/** The terminal: a phone that moves, or one line an event where nothing can be redrawn. */
export interface Screen extends Disposable {
  show(view: View): void;
  log(line: string): void;
  /** A line above the phone. */
  say(line: string): void;
  /** The last words, below everything. */
  end(line: string): void;
}

const LOG_LINES = 6;
const BOLD = '\u001B[1m';
const DIM = '\u001B[2m';
const GREEN = '\u001B[32m';
const RESET = '\u001B[0m';
const HOME = '\u001B[H';
const CLEAR_BELOW = '\u001B[J';
const CLEAR_LINE = '\u001B[K';
const HIDE_CURSOR = '\u001B[?25l';
const SHOW_CURSOR = '\u001B[?25h';

export function createScreen(out: NodeJS.WriteStream = process.stdout): Screen {
  return out.isTTY ? createMovingScreen(out) : createPlainScreen(out);
}

function createPlainScreen(out: NodeJS.WriteStream): Screen {
  let counts = '';
  return {
    show({ event, heard, cards }) {
      counts = `${cards.length} cards are left, ${heard.length} sounds were made.`;
      const sound = heard.includes(event) ? '(sound) ' : '';
      out.write(
        event.event === 'message'
          ? `phone: ${sound}${shown(event.title)} | ${(event.message ?? '').split('\n').map(shown).join(' | ')}\n`
          : `phone: the card ${shown(event.sequence_id)} is gone\n`,
      );
    },
    log: (line) => out.write(stripVTControlCharacters(line)),
    say: (line) => out.write(`${line}\n`),
    end: (line) => out.write(`${counts}\n${line}\n`),
    [Symbol.dispose]: () => {},
  };
}

function createMovingScreen(out: NodeJS.WriteStream): Screen {
  const said: string[] = [];
  const logged: string[] = [];
  let view: View | null = null;
  let messages = 0;
  out.write(`${HIDE_CURSOR}${HOME}${CLEAR_BELOW}`);

  function draw(last: readonly string[] = []): void {
    const lines = [
      `${BOLD}qbit-ntfy-sidecar${RESET} ${DIM}the demo: embedded qBittorrent and ntfy, the real sidecar between them${RESET}`,
      ...said,
      '',
      ...phoneLines(view?.cards ?? []),
      `${DIM}${messages} messages, ${view?.heard.length ?? 0} of them with a sound${RESET}`,
      '',
      ...logged,
      ...last,
    ];
    // What does not fit would scroll, and the next drawing would miss its place.
    const fitting = lines.slice(0, Math.max(1, out.rows - 1));
    out.write(`${HOME}${fitting.map((line) => `${line}${CLEAR_LINE}\n`).join('')}${CLEAR_BELOW}`);
  }

  return {
    show(next) {
      view = next;
      messages += 1;
      draw();
    },
    log(line) {
      logged.push(line.trimEnd());
      if (logged.length > LOG_LINES) logged.shift();
      draw();
    },
    say(line) {
      said.push(line);
      draw();
    },
    end: (line) => draw(['', line]),
    [Symbol.dispose]: () => {
      out.write(SHOW_CURSOR);
    },
  };
}

/** A topic of a real server has messages of others, too. */
const shown = (text: string | undefined): string => printable(text ?? '');

function phoneLines(cards: readonly Card[]): string[] {
  const rule = '─'.repeat(56);
  const body = cards.length === 0 ? ['', `  ${DIM}nothing yet${RESET}`, ''] : cards.flatMap(cardLines);
  return [`╭${rule}`, ...body.map((line) => `│ ${line}`), `╰${rule}`];
}

function cardLines({ title, message, priority, updates }: Card): string[] {
  const loud = (priority ?? 3) >= 3;
  const note = loud ? `${GREEN}♪ heard${RESET}` : `${DIM}silent, ${updates} updates${RESET}`;
  const lines = (message ?? '').split('\n').map((line) => `   ${shown(line)}`);
  return [`${loud ? '✅' : '⬇ '} ${BOLD}${shown(title)}${RESET}  ${note}`, ...lines, ''];
}
