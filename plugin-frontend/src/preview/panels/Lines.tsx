import { TooltipDisplayMode } from '@grafana/schema';
import { Graph, type LegendOptions } from '../../graph/Graph';
import { useBoard } from '../data/context';
import type { PanelProps } from './types';

/** The graph of a panel, on the range of its dashboard. */
export function Lines({ panel, frames, width, height }: PanelProps) {
  const { range, timeZone, sharedCrosshair, marks, setRange } = useBoard();
  const tooltip = panel.options?.tooltip as { mode?: string } | undefined;
  return (
    <Graph
      {...{ frames, range, timeZone, width, height, marks, sharedCrosshair }}
      legend={panel.options?.legend as LegendOptions | undefined}
      single={tooltip?.mode === TooltipDisplayMode.Single}
      onZoom={setRange}
    />
  );
}
