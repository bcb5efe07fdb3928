import { Bars } from './Bars';
import { Columns } from './Columns';
import { Gauge } from './Gauge';
import { Lines } from './Lines';
import { Pie } from './Pie';
import { Rows } from './Rows';
import { Stat } from './Stat';
import { States } from './States';
import type { PanelType } from './types';
import { Words } from './Words';

/** What can be drawn, by the panel types of Grafana. */
export const PANELS: Record<string, PanelType> = {
  barchart: Columns,
  bargauge: Bars,
  gauge: Gauge,
  piechart: Pie,
  stat: Stat,
  'state-timeline': States,
  table: Rows,
  text: Words,
  timeseries: Lines,
};

/** Panels that ask nothing. */
export const QUIET = new Set(['text']);
