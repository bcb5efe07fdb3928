import type { DataFrame, GrafanaTheme2 } from '@grafana/data';
import type { ComponentType } from 'react';
import type { Panel } from '../model/dashboard';

export interface PanelProps {
  panel: Panel;
  /** With configuration, units and colours applied. */
  frames: DataFrame[];
  width: number;
  height: number;
  theme: GrafanaTheme2;
}

export type PanelType = ComponentType<PanelProps>;
