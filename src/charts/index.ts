export { charts, type ChartName } from './drawn.ts';
export { keyOf } from './key.ts';
export { chartCss } from './style.ts';
