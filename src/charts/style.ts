/**
 * The style of the charts, light and dark. `.active` highlights a state, `.taken` the arrow or row of the last transition.
 * The colours are variables, which a page can override.
 */
export const chartCss = `.chart{--chart-ground:#fff;--chart-box:#f6f8fa;--chart-line:#6e7781;--chart-text:#1f2328;--chart-soft:#57606a;--chart-lit:#cfe8ff;--chart-accent:#0860c4;max-width:100%;height:auto;background:var(--chart-ground);font-family:system-ui,sans-serif}
@media (prefers-color-scheme:dark){.chart{--chart-ground:#0d1117;--chart-box:#1a212a;--chart-line:#848d97;--chart-text:#e6edf3;--chart-soft:#a3adb8;--chart-lit:#0e3a70;--chart-accent:#6cb6ff}}
.chart rect{fill:var(--chart-box);stroke:var(--chart-line)}
.chart .machine>rect,.chart .compound>rect{fill:none}
.chart .region>rect{stroke-dasharray:5 4}
.chart text{font-size:11px;fill:var(--chart-soft)}
.chart .name{font-size:13px;font-weight:600;fill:var(--chart-text)}
.chart .note{font-style:italic}
.chart .label{text-anchor:middle}
.chart .machine>text,.chart .compound text{paint-order:stroke;stroke:var(--chart-ground);stroke-width:5px;stroke-linejoin:round}
.chart .line{fill:none;stroke:var(--chart-line);stroke-width:1.2}
.chart .head,.chart circle{fill:var(--chart-line)}
.chart .halo{fill:var(--chart-ground);fill-opacity:.9;stroke:none}
.chart .active>rect{fill:var(--chart-lit);stroke:var(--chart-accent);stroke-width:2.5}
.chart .compound.active>rect{fill-opacity:.15}
.chart .compound.active text{stroke:none}
.chart .taken .line{stroke:var(--chart-accent);stroke-width:2.5}
.chart .taken .head{fill:var(--chart-accent)}
.chart .taken text{fill:var(--chart-accent);text-decoration:underline}
`;
