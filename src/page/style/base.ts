/** Colours, fonts, header and footer. Each text colour has a contrast of at least 4.5 to its background. */
export const base = `
:root{
  color-scheme:light dark;
  --ground:#f4f6f8;--card:#fff;--edge:#d9dee4;--text:#1a2027;--soft:#55606c;
  --accent:#0a5fc4;--on-accent:#fff;--track:#e4e8ed;
  --moving:#0a5fc4;--waiting:#66717d;--done:#18794e;--warn:#a15c00;--bad:#c4281c;
  --warn-ground:#fff4de;--bad-ground:#ffebe9;
  --shadow:0 1px 2px rgb(20 30 40/.06),0 1px 6px rgb(20 30 40/.05);
}
@media (prefers-color-scheme:dark){:root{
  --ground:#0f1318;--card:#181d24;--edge:#2c343e;--text:#e7ebf0;--soft:#a0abb7;
  --accent:#7ab7ff;--on-accent:#0b1a2c;--track:#2a323c;
  --moving:#5ea6ff;--waiting:#8d98a5;--done:#4cc38a;--warn:#f0b35b;--bad:#ff8a80;
  --warn-ground:#33270f;--bad-ground:#3a1a18;
  --shadow:none;
}}
*,::before,::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;max-width:84rem;padding:0 1.25rem 3rem;background:var(--ground);color:var(--text);
  font:0.9375rem/1.45 system-ui,sans-serif}
h1,h2,h3,p,ul,ol{margin:0;padding:0}
ul,ol{list-style:none}
h2{font-size:1.05rem;font-weight:650}
a{color:var(--accent)}
a,button,input,h2,[tabindex]{outline-offset:2px;border-radius:4px}
:focus-visible{outline:2.5px solid var(--accent)}
h2:focus{outline:none}
.hidden,.skip:not(:focus){position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[hidden]{display:none!important}
.skip:focus{position:absolute;left:1rem;top:.5rem;z-index:2;padding:.5rem .8rem;background:var(--card)}
button{font:inherit;padding:.35rem .8rem;border:1px solid var(--edge);border-radius:7px;background:var(--card);color:var(--text);cursor:pointer}
button:hover{border-color:var(--soft)}
input{font:inherit;padding:.35rem .6rem;border:1px solid var(--waiting);border-radius:7px;background:var(--card);color:var(--text)}
code{font:0.92em ui-monospace,monospace}

.top{display:flex;flex-wrap:wrap;align-items:baseline;gap:.3rem 1rem;padding:1.1rem 0 .9rem}
.top h1{font-size:1.15rem;font-weight:700;letter-spacing:-.01em}
#summary{color:var(--soft);flex:1;white-space:nowrap}
#summary,.percent,.figures,.phone,time{font-variant-numeric:tabular-nums}
.link{font-size:.85rem;color:var(--soft);display:flex;align-items:center;gap:.45rem}
.link::before{content:'';width:.55rem;height:.55rem;border-radius:50%;background:var(--waiting)}
[data-link=live] .link::before{background:var(--done)}
[data-link=lost] .link::before,[data-link=refused] .link::before{background:var(--bad)}
[data-link=lost] .link,[data-link=refused] .link{color:var(--bad);font-weight:600}
.sign-out button{font-size:.85rem;padding:.2rem .6rem}
.top noscript,.banner{order:2;flex-basis:100%}
.banner{margin-top:.4rem;padding:.6rem .9rem;border-radius:9px;background:var(--warn-ground);color:var(--text);
  border:1px solid var(--warn)}
/* Delayed: a restart takes a second or two. */
#banner{animation:appear .3s 1.5s both}
@keyframes appear{from{opacity:0}}
@media (max-width:46rem){.top h1{flex:1}.top #summary{order:1;flex-basis:100%}}
footer{margin-top:2.5rem;font-size:.8rem;color:var(--soft)}

.locked{max-width:26rem;margin:14vh auto 0;padding:1.6rem;background:var(--card);border:1px solid var(--edge);border-radius:14px;box-shadow:var(--shadow)}
.locked h1{font-size:1.2rem;margin-bottom:1rem}
.locked form{display:grid;gap:.6rem}
.locked p{margin:.2rem 0}
.locked button{background:var(--accent);border-color:var(--accent);color:var(--on-accent);padding:.5rem}
#problem{color:var(--bad);min-height:1.45em}
.secondary{font-size:.85rem;color:var(--soft)}
@media (prefers-reduced-motion:reduce){*,::before,::after{animation:none!important;transition:none!important;scroll-behavior:auto!important}}
`;
