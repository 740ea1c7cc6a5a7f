import { html } from 'hono/html';
import type { Card } from '../../src/simulator/index.ts';

/** The tags that the sidecar sends, as the ntfy apps show them. */
const EMOJI: Record<string, string> = { arrow_down: '⬇️', white_check_mark: '✅', warning: '⚠️' };

const STYLE = `
  * { box-sizing: border-box; margin: 0 }
  body { display: flex; gap: 28px; padding: 30px; background: #dfe4ea; font: 14px/1.45 Inter, sans-serif; color: #1c2330 }
  img { width: 940px; height: 735px; border-radius: 14px; box-shadow: 0 6px 24px #0003 }
  .phone { width: 332px; height: 735px; padding: 16px 12px; border-radius: 34px; border: 8px solid #222933; background: #eef1f6; overflow: hidden }
  .bar { display: flex; justify-content: space-between; padding: 0 10px 12px; font-size: 12px; font-weight: 600 }
  .card { margin-bottom: 8px; padding: 10px 14px; border-radius: 18px; background: #fff }
  .head { display: flex; justify-content: space-between; font-size: 11px; line-height: 1.7; color: #5c6675 }
  .sound { color: #0b6b3a; font-weight: 600 }
  h2 { font-size: 13.5px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
  p { font-size: 12.5px; color: #3c4553; white-space: pre-line; overflow-wrap: anywhere }
`;

const isAudible = ({ priority }: Card): boolean => (priority ?? 3) >= 3;

const cardOf = (card: Card) => html`
  <div class="card">
    <div class="head">
      <span>ntfy · downloads</span>
      ${isAudible(card) ? html`<span class="sound">♪ sound</span>` : html`<span>silent</span>`}
    </div>
    <h2>${(card.tags ?? []).map((tag) => EMOJI[tag] ?? '').join('')} ${card.title ?? ''}</h2>
    <p>${card.message ?? ''}</p>
  </div>
`;

/**
 * The page beside a phone that shows the notifications, in HTML. A phone shows those with a high priority first.
 *
 * @param picture the page, as PNG
 */
export async function drawOverview(picture: Buffer, cards: readonly Card[]): Promise<string> {
  const sorted = cards.toSorted((one, other) => (other.priority ?? 3) - (one.priority ?? 3));
  const source = `data:image/png;base64,${picture.toString('base64')}`;
  const drawn = await html`<style>
      ${STYLE}
    </style>
    <img src="${source}" alt="" />
    <div class="phone">
      <div class="bar"><span>ntfy</span><span>${cards.length} notifications</span></div>
      ${sorted.map(cardOf)}
    </div>`;
  return drawn.toString();
}
