import {
  type DataFrame,
  type FieldDisplay,
  getFieldDisplayValues,
  type GrafanaTheme2,
  type ReduceDataOptions,
} from '@grafana/data';
import { VizOrientation } from '@grafana/schema';
import type { Board } from '../data/context';
import type { Panel } from '../model/dashboard';

/** The reduced numbers of a panel, each with its text and colour. */
export function valuesOf(
  panel: Panel,
  frames: DataFrame[],
  theme: GrafanaTheme2,
  { replace, timeZone }: Board,
  sparkline = false,
): FieldDisplay[] {
  const reduceOptions = { calcs: ['lastNotNull'], ...(panel.options?.reduceOptions as Partial<ReduceDataOptions>) };
  return getFieldDisplayValues({
    fieldConfig: { defaults: { noValue: panel.fieldConfig?.defaults?.noValue }, overrides: [] },
    reduceOptions,
    replaceVariables: replace,
    theme,
    data: frames,
    sparkline,
    timeZone,
  });
}

export function orientationOf(panel: Panel): VizOrientation {
  return (panel.options?.orientation as VizOrientation | undefined) ?? VizOrientation.Auto;
}
