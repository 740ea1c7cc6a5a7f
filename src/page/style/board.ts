/** The service cards, the torrents and the finished torrents. */
export const board = `
.services{display:grid;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:.6rem}
.service{position:relative;display:flex;flex-direction:column;padding:.6rem .8rem .65rem;background:var(--card);
  border:1px solid var(--edge);border-radius:11px;box-shadow:var(--shadow);overflow-wrap:anywhere}
.service>a,.service>b{font-size:.8rem;font-weight:600;color:var(--soft);text-decoration:none;display:flex;align-items:center;gap:.4rem}
.service>a::before,.service>b::before{content:'';width:.5rem;height:.5rem;border-radius:50%;background:var(--tone)}
.service>a::after,.torrent>a::after{content:'';position:absolute;inset:0;border-radius:inherit}
.service:has(>a):hover,.torrent:hover{border-color:var(--waiting)}
.service:has(>a:focus-visible),.torrent:has(>a:focus-visible){outline:2.5px solid var(--accent);outline-offset:1px}
.service>a:focus-visible,.torrent>a:focus-visible{outline:none}
.service .text{font-weight:600}
.service .detail{font-size:.8rem;color:var(--soft)}
.service:has(time){grid-column:span 2}
[data-tone=moving]{--tone:var(--moving)}
[data-tone=waiting]{--tone:var(--waiting)}
[data-tone=done]{--tone:var(--done)}
[data-tone=warn]{--tone:var(--warn)}
[data-tone=bad]{--tone:var(--bad)}
.service[data-tone=warn]{background:var(--warn-ground);border-color:var(--warn)}
.service[data-tone=bad]{background:var(--bad-ground);border-color:var(--bad)}
.service[data-tone=warn] .detail,.service[data-tone=bad] .detail{color:var(--text)}

.heading{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.2rem 1rem;margin:1.6rem 0 .6rem;min-height:2.2rem}
.hint{flex:1;font-size:.85rem;color:var(--soft)}
section:not(:has(.torrent)) .hint{display:none}
.filter{display:flex;align-items:center;gap:.5rem;font-size:.85rem;color:var(--soft)}
.empty,.none{padding:1.6rem;text-align:center;color:var(--soft);border:1px dashed var(--edge);border-radius:11px}
ul:has(>li)+.empty,.empty:has(+.none:not([hidden])){display:none}

.torrents{display:grid;gap:.45rem}
.torrent{position:relative;display:grid;grid-template-columns:minmax(0,1fr) minmax(6rem,11rem) 5rem 3.2rem 9.5rem;
  grid-template-areas:'name bar line percent phone' 'state figures figures figures phone';gap:.1rem .9rem;align-items:center;
  padding:.55rem .9rem;background:var(--card);border:1px solid var(--edge);border-radius:11px;box-shadow:var(--shadow);
  content-visibility:auto;contain-intrinsic-size:auto 2.65rem}
.torrent .name{grid-area:name;color:var(--text);font-weight:600;text-decoration:none;overflow:hidden;
  text-overflow:ellipsis;white-space:nowrap}
.torrent .state{grid-area:state;font-size:.82rem;color:var(--soft)}
.torrent[data-tone=warn] .state{color:var(--warn)}
.torrent[data-tone=bad] .state{color:var(--bad)}
.torrent[data-tone=done] .state{color:var(--done)}
.torrent progress{grid-area:bar}
.torrent .percent{grid-area:percent;text-align:right;font-weight:600}
.torrent .figures{grid-area:figures;font-size:.82rem;color:var(--soft);white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.torrent .phone{grid-area:phone;display:flex;align-items:center;gap:.5rem;font-size:.82rem;color:var(--soft);padding-left:.9rem;
  border-left:1px solid var(--edge);min-height:2.4rem;line-height:1.25}
.phone::before{content:'';flex:none;width:.68rem;height:1.1rem;border:1.5px solid var(--tone);border-bottom-width:3px;border-radius:3px}
.torrent .phone[data-tone=warn]{color:var(--warn)}
progress{appearance:none;width:100%;height:.5rem;border:0;border-radius:99px;overflow:hidden;background:var(--track);color:var(--tone)}
progress::-webkit-progress-bar{background:var(--track)}
progress::-webkit-progress-value{background:var(--tone);border-radius:99px;transition:inline-size .4s}
progress::-moz-progress-bar{background:var(--tone);border-radius:99px}
progress.unknown{background:repeating-linear-gradient(-45deg,var(--track) 0 6px,transparent 6px 12px)}
progress.unknown::-webkit-progress-bar{background:none}

.finished{display:grid;border:1px solid var(--edge);border-radius:11px;background:var(--card);box-shadow:var(--shadow)}
.finished:not(:has(>li)){display:none}
.end{display:grid;grid-template-columns:minmax(0,1fr) auto auto;gap:.1rem 1rem;padding:.5rem .9rem}
.end+.end{border-top:1px solid var(--edge)}
.end .name{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.end .name::before{content:'';display:inline-block;width:.5rem;height:.5rem;margin-right:.55rem;border-radius:50%;background:var(--tone)}
.end .names{grid-column:1/-1;margin:0;font-size:.82rem;color:var(--soft);overflow-wrap:anywhere}
.names bdi:not(:last-of-type)::after{content:','}
.shared:not(:has(#digests>li)){display:none}
.end .state,.end time{font-size:.82rem;color:var(--soft)}
@media (max-width:46rem){
  body{padding:0 .8rem 2rem}
  .services{grid-template-columns:1fr 1fr 1fr;gap:.4rem;grid-auto-flow:dense}
  .service{padding:.45rem .6rem}
  .service .text{font-size:.85rem;line-height:1.25}
  .service:is([data-tone=done],[data-tone=moving],[data-tone=waiting]):not(:has(time)) .detail{display:none}
  .service:is([data-tone=warn],[data-tone=bad],:has(time)){grid-column:1/-1}
  .torrent{grid-template-columns:minmax(0,1fr) 5rem 3.2rem;grid-template-areas:'name name name' 'bar line percent' 'figures figures figures' 'state phone phone';
    gap:.2rem .8rem;contain-intrinsic-size:auto 5.7rem}
  .torrent .name{white-space:normal;overflow-wrap:anywhere;display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical}
  .torrent .phone{border-left:0;padding-left:0;min-height:0;justify-self:end}
  .end{grid-template-columns:minmax(0,1fr) auto}
  .end .name{grid-column:1/-1;white-space:normal;overflow-wrap:anywhere}
}
`;
