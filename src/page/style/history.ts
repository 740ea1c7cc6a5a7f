/** The history: its list on the page, its search, and its own page. */
export const history = `
.search{display:flex;gap:.5rem;font-size:.85rem;max-width:100%}
.search input{width:15rem;min-width:0}
.all{flex:1;font-size:.85rem}
.end .details{grid-column:1/-1;padding-left:1.05rem;font-size:.82rem;color:var(--soft);overflow-wrap:anywhere}
.back{font-size:.85rem}
.pages{display:flex;gap:1rem;padding:.8rem 0}
.empty:empty,.part-finished:not(:has(li)) .all{display:none}
@media (max-width:46rem){.end .details{padding-left:0}}
`;
