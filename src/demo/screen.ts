import { stripVTControlCharacters } from 'node:util';
import { printable } from '../util/printable.ts';
import type { Card, NtfyEvent } from '../simulator/index.ts';

/** The phone after an event. */
export interface View {
  cards: readonly Card[];
  sounds: readonly NtfyEvent[];
  /** The event that was received last. */
  event: NtfyEvent;
}

/** The output: in a terminal a redrawn phone, in a pipe one line per event. */
export interface Screen extends Disposable {
  show(view: View): void;
  log(line: string): void;
  /** Adds a line above the phone. */
  print(line: string): void;
  /** Prints the last line. */
  end(line: string): void;
}

const MAX_LOG_LINES = 6;
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
  return out.isTTY ? createRedrawnScreen(out) : createPlainScreen(out);
}

function createPlainScreen(out: NodeJS.WriteStream): Screen {
  let counts = '';
  return {
    show({ event, sounds, cards }) {
      counts = `Cards left on the phone: ${cards.length}. Sounds: ${sounds.length}.`;
      const sound = sounds.includes(event) ? '(sound) ' : '';
      const lines = (event.message ?? '').split('\n').map(safe);
      out.write(
        event.event === 'message'
          ? `phone: ${sound}${[safe(event.title), ...lines].join(' | ')}\n`
          : `phone: card deleted (${safe(event.sequence_id)})\n`,
      );
    },
    log: (line) => out.write(stripVTControlCharacters(line)),
    print: (line) => out.write(`${line}\n`),
    end: (line) => out.write(`${counts}\n${line}\n`),
    [Symbol.dispose]: () => {},
  };
}

function createRedrawnScreen(out: NodeJS.WriteStream): Screen {
  const printed: string[] = [];
  const logged: string[] = [];
  let view: View | null = null;
  let messages = 0;
  out.write(`${HIDE_CURSOR}${HOME}${CLEAR_BELOW}`);

  function draw(last: readonly string[] = []): void {
    const lines = [
      `${BOLD}qbit-ntfy-sidecar${RESET} ${DIM}demo: the real sidecar with embedded qBittorrent and ntfy servers${RESET}`,
      ...printed,
      '',
      ...phoneLines(view?.cards ?? []),
      `${DIM}${messages} ntfy events, ${view?.sounds.length ?? 0} with a sound${RESET}`,
      '',
      ...logged,
      ...last,
    ];
    // Lines below the screen would scroll, and the next redraw would start at the wrong line.
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
      if (logged.length > MAX_LOG_LINES) logged.shift();
      draw();
    },
    print(line) {
      printed.push(line);
      draw();
    },
    end: (line) => draw(['', line]),
    [Symbol.dispose]: () => {
      out.write(SHOW_CURSOR);
    },
  };
}

/** The topic of a real server may have messages of other senders. */
const safe = (text: string | undefined): string => printable(text ?? '');

function phoneLines(cards: readonly Card[]): string[] {
  const rule = '─'.repeat(56);
  const body = cards.length === 0 ? ['', `  ${DIM}no notifications${RESET}`, ''] : cards.flatMap(cardLines);
  return [`╭${rule}`, ...body.map((line) => `│ ${line}`), `╰${rule}`];
}

function cardLines({ title, message, priority, updates }: Card): string[] {
  const isAudible = (priority ?? 3) >= 3;
  const note = isAudible ? `${GREEN}♪ sound${RESET}` : `${DIM}silent, ${updates} updates${RESET}`;
  const lines = (message ?? '').split('\n').map((line) => `   ${safe(line)}`);
  return [`${isAudible ? '✅' : '⬇ '} ${BOLD}${safe(title)}${RESET}  ${note}`, ...lines, ''];
}
