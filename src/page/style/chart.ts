/** The dialog with an actor's chart. */
export const chart = `
dialog{width:min(92rem,calc(100vw - 2rem));height:calc(100dvh - 2rem);max-width:none;max-height:none;padding:0;border:1px solid var(--edge);
  border-radius:14px;background:var(--card);color:var(--text);overflow:hidden}
dialog::backdrop{background:rgb(10 15 20/.55)}
#chart-body{display:flex;flex-direction:column;height:100%;padding:1rem 1.2rem 1.2rem;gap:.7rem}
#chart-body:empty::before{content:'Opening …';color:var(--soft)}
#chart-body>header{display:flex;justify-content:space-between;align-items:flex-start;gap:1rem}
#chart-body>header>div{min-width:0}
#chart-body nav{font-size:.8rem;color:var(--soft)}
#chart-title{overflow:hidden;text-overflow:ellipsis;display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow-wrap:anywhere}
.chart-line{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.2rem 1rem;color:var(--soft)}
.chart-line label{font-size:.85rem}
#chart-fields{display:flex;flex-wrap:wrap;gap:.1rem 1.2rem;margin:0;font-size:.85rem}
#chart-fields:not(:has(div)){display:none}
#chart-fields div{display:flex;gap:.4rem;min-width:0}
#chart-fields dt{color:var(--soft);white-space:nowrap}
#chart-fields dd{margin:0;overflow-wrap:anywhere}
#chart-now strong{color:var(--accent)}
#chart-now .facts:not(:empty)::before{content:'  ·  '}
.chart-columns{display:grid;grid-template-columns:minmax(0,1fr) 19rem;gap:1rem;flex:1;min-height:0}
.chart-view{overflow:auto;border:1px solid var(--edge);border-radius:9px;background:var(--ground)}
.chart-side{display:flex;flex-direction:column;min-height:0;gap:.4rem}
.chart-side h3{font-size:.85rem}
#chart-log{overflow:auto;font-size:.8rem;display:grid;gap:.45rem;align-content:start;flex:1}
#chart-log time{color:var(--soft)}
#chart-log .change{display:block;color:var(--soft);overflow-wrap:anywhere}
#chart-log .times{color:var(--soft)}
#chart-log:not(:has(li))::before{content:'None since this page was opened.';color:var(--soft)}
.chart{--chart-ground:var(--ground);--chart-box:var(--card);--chart-line:var(--waiting);--chart-text:var(--text);--chart-soft:var(--soft);
  --chart-lit:color-mix(in srgb,var(--accent) 22%,var(--card));--chart-accent:var(--accent);display:block;margin:0 auto;max-width:max(100%,78rem)}
#chart-body:has(#chart-fit:checked) .chart{max-width:100%;max-height:100%}
.chart .state>rect,.chart .transition path{transition:fill .25s,stroke .25s}
@media (max-width:46rem){
  dialog{width:100vw;height:100dvh;border:0;border-radius:0}
  #chart-body{padding:.8rem}
  .chart-columns{grid-template-columns:1fr;grid-template-rows:minmax(0,1.6fr) minmax(0,1fr)}
}
`;
