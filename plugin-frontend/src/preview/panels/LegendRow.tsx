import { LegendDisplayMode } from '@grafana/schema';
import { VizLegend } from '@grafana/ui';

interface Props {
  items: Array<{ label: string; color: string; value?: string }>;
  placement?: 'bottom' | 'right';
}

/** Grafana's legend for what is drawn here. */
export function LegendRow({ items, placement = 'bottom' }: Props) {
  const shown = items.map(({ label, color, value }) => ({
    label: value === undefined ? label : `${label}  ${value}`,
    color,
    yAxis: 1,
  }));
  return <VizLegend items={shown} displayMode={LegendDisplayMode.List} placement={placement} readonly />;
}
