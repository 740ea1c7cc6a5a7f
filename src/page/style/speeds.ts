/** The lines of the speeds. */
export const speeds = `
.speeds{grid-area:line;display:block;width:5rem;height:1.25rem;overflow:visible}
.speeds path{fill:none;stroke:var(--tone,var(--accent));stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
.torrents:not(:has(.speeds)) progress{grid-column:bar/line}
#summary .speeds{display:inline-block;vertical-align:-.3rem;margin-left:.8rem}
@media (forced-colors:active){.speeds path{stroke:CanvasText}}
`;
