/** The history: its list on the page, its search, and its own page. */
export const history = `
.search{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem;font-size:.85rem;color:var(--soft)}
.end .details{grid-column:1/-1;padding-left:1.05rem;font-size:.82rem;color:var(--soft);overflow-wrap:anywhere}
.back{font-size:.85rem}
.pages{display:flex;gap:1rem;padding:.8rem 0}
.empty:empty{display:none}
`;
