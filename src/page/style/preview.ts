/** The phone, right of the downloads; on a narrow screen its notifications, below them. */
export const preview = `
:root{--bezel:#20262e;--bezel-edge:#3a434e;--wall:linear-gradient(165deg,#dbe5f2,#cfd9ea 45%,#e3dcea);--note:#fff;--on-wall:#465260;
  --sound:#176b45;--sound-ground:#e0f3e8}
@media (prefers-color-scheme:dark){:root{--bezel:#050709;--bezel-edge:#39424d;--wall:linear-gradient(165deg,#16202e,#131a26 45%,#1d1926);--note:#232a34;--on-wall:#a9b4c0;
  --sound:#6ad6a1;--sound-ground:#173627}}
.preview h2{scroll-margin-top:1rem}
.preview .heading{flex-wrap:nowrap}
.preview .counts{font-size:.82rem;color:var(--soft);font-variant-numeric:tabular-nums;white-space:nowrap}
.preview .secondary{margin-top:.7rem;font-size:.78rem}
.device{border-radius:1.2rem;overflow:hidden;border:1px solid var(--edge)}
.screen{max-height:85vh;padding:.7rem;background:var(--wall);overflow-y:auto;outline-offset:-4px;border-radius:inherit;scrollbar-width:thin}
.cards,.cards ul{display:grid;gap:.45rem;align-content:start;grid-template-columns:minmax(0,1fr)}
.cards h3{padding:.35rem .5rem 0;font-size:.75rem;font-weight:600;color:var(--on-wall)}
.cards .empty{border:0;color:var(--on-wall);font-size:.85rem;padding:2.5rem 1.2rem}
.card{padding:.6rem .85rem .7rem;background:var(--note);border-radius:1.05rem;box-shadow:0 1px 2px rgb(20 30 40/.08);transition:opacity .35s,transform .35s cubic-bezier(.2,.8,.3,1)}
/* Only of a card that arrives: those of a page that opens are there. */
@starting-style{[data-link=live] .card{opacity:0;transform:translateY(-.6rem) scale(.97)}}
.card .head{display:flex;align-items:baseline;gap:.3rem;font-size:.74rem;color:var(--soft);white-space:nowrap}
.card .head>*+*::before{content:'\\00b7';margin-right:.3rem}
.card .topic{overflow:hidden;text-overflow:ellipsis;min-width:2rem}
.card .sound{margin-left:auto;padding-left:.4rem;font-variant-numeric:tabular-nums}
.card .sound::before{content:none!important}
.card[data-sound=once] .sound{color:var(--sound);font-weight:600}
.card[data-sound=once] .sound::before{content:'\\266a'!important;margin-right:.25rem}
.card .title{margin-top:.1rem;font-size:.9rem;font-weight:650;line-height:1.35;overflow-wrap:anywhere;display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden}
.card .message{font-size:.83rem;line-height:1.4;color:var(--soft);white-space:pre-line;overflow-wrap:anywhere;unicode-bidi:plaintext;
  display:-webkit-box;-webkit-line-clamp:14;-webkit-box-orient:vertical;overflow:hidden;font-variant-numeric:tabular-nums}
.card .actions{display:flex;flex-wrap:wrap;gap:.2rem 1.3rem;margin-top:.4rem;font-size:.82rem;font-weight:600;color:var(--accent)}
.to-preview{font-size:.85rem}
@media (min-width:68rem){
  .to-preview{display:none}
  /* More rows than sections: the last one is as high as the phone needs. */
  #board{display:grid;grid-template:repeat(9,auto) 1fr/minmax(0,1fr) 20.5rem;column-gap:1.75rem}
  #board>*{grid-column:1}
  #board>.preview{grid-area:1/2/-1;position:sticky;top:.8rem;align-self:start}
  .preview .heading{margin-top:0;min-height:0;padding:0 .4rem}
  .device{border:9px solid var(--bezel);border-radius:2.5rem;box-shadow:0 0 0 1px var(--bezel-edge),0 10px 30px rgb(20 30 40/.16)}
  .screen{height:min(42rem,100vh - 12.2rem);min-height:20rem;max-height:none;padding:1.9rem .6rem .8rem;border-radius:1.9rem}
  .device{position:relative}
  .device::before{content:'';position:absolute;z-index:1;top:.62rem;left:50%;width:.62rem;height:.62rem;margin-left:-.31rem;border-radius:50%;background:var(--bezel)}
  .preview .secondary{padding:0 .6rem}
  .services{grid-template-columns:repeat(auto-fill,minmax(10.4rem,1fr))}
  .torrent{grid-template-columns:minmax(0,1fr) minmax(5rem,8.5rem) 5rem 3.2rem 8.2rem}
}
@media (max-width:67.99rem){.preview{max-width:30rem}}
`;
