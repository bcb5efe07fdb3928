import type { DataTransformerConfig, FieldConfigSource } from '@grafana/data';
import type { RuntimeQuery, VariableQuery } from '../../datasource/types';

/** The parts of Grafana's dashboard JSON that the preview reads. */
export interface Dashboard {
  uid: string;
  title: string;
  description?: string;
  panels: Panel[];
  templating?: { list: Variable[] };
  annotations?: { list: AnnotationQuery[] };
  links?: DashboardLink[];
  time?: { from: string; to: string };
  timepicker?: { refresh_intervals?: string[] };
  refresh?: string | false;
  timezone?: string;
  graphTooltip?: number;
}

export interface Panel {
  id: number;
  type: string;
  title?: string;
  description?: string;
  gridPos: GridPos;
  targets?: RuntimeQuery[];
  fieldConfig?: Partial<FieldConfigSource>;
  options?: Record<string, unknown>;
  transformations?: DataTransformerConfig[];
  links?: PanelLink[];
  transparent?: boolean;
  interval?: string | null;
  maxDataPoints?: number | null;
  /** Of a row: folded, with its panels inside. */
  collapsed?: boolean;
  panels?: Panel[];
}

export interface GridPos {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface PanelLink {
  title: string;
  url: string;
  targetBlank?: boolean;
}

export interface DashboardLink extends PanelLink {
  tooltip?: string;
  keepTime?: boolean;
  includeVars?: boolean;
}

export interface Variable {
  name: string;
  label?: string | null;
  type: string;
  query?: VariableQuery;
  /** 1: when the dashboard is loaded; 2: at each refresh as well. */
  refresh?: number;
  hide?: number;
  multi?: boolean;
  includeAll?: boolean;
  allValue?: string | null;
  current?: { value?: string | string[] };
  options?: Array<{ value: string }>;
}

export interface AnnotationQuery {
  name: string;
  enable?: boolean;
  iconColor?: string;
  target?: RuntimeQuery;
  builtIn?: number;
}
