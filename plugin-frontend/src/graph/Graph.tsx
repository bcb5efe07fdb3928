import {
  type DataFrame,
  compareArrayValues,
  compareDataFrameStructures,
  DashboardCursorSync,
  EventBusSrv,
  type TimeRange,
} from '@grafana/data';
import { FieldType } from '@grafana/data';
import { LegendDisplayMode, type VizLegendOptions } from '@grafana/schema';
import { PanelContextProvider, SeriesVisibilityChangeMode, TimeSeries, TooltipPlugin2 } from '@grafana/ui';
import { useMemo, useRef, useState } from 'react';
import { GraphTooltip } from './GraphTooltip';
import { type Mark, MarksPlugin } from './MarksPlugin';

const SYNC_SCOPE = 'airuntime';
const BUS = new EventBusSrv();
const enum Hover {
  One = 0,
  All = 1,
}

export interface LegendOptions {
  showLegend?: boolean;
  displayMode?: 'list' | 'table' | 'hidden';
  placement?: 'bottom' | 'right';
  calcs?: string[];
}

interface Props {
  /** With configuration, units and colours applied. */
  frames: DataFrame[];
  range: TimeRange;
  timeZone: string;
  width: number;
  height: number;
  marks?: Mark[];
  legend?: LegendOptions;
  /** The tooltip tells of the nearest line only. */
  single?: boolean;
  sharedCrosshair?: boolean;
  onZoom?: (from: number, to: number) => void;
}

const NONE: Mark[] = [];

/** Lines over time as Grafana draws them, with the moments of changes marked. */
export function Graph({ frames, range, timeZone, width, height, marks = NONE, legend, ...rest }: Props) {
  const { single = false, sharedCrosshair = false, onZoom } = rest;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const series = useMemo(() => graphable(frames, hidden), [frames, hidden]);
  const revision = useStructure(series);
  const shownLegend = useLegend(legend);
  const sync = sharedCrosshair ? DashboardCursorSync.Crosshair : DashboardCursorSync.Off;
  const context = useMemo(
    () => ({
      eventsScope: SYNC_SCOPE,
      eventBus: BUS,
      sync: () => sync,
      onToggleSeriesVisibility: (label: string, mode: SeriesVisibilityChangeMode) =>
        setHidden((old) => toggled(old, label, mode, labelsOf(frames))),
    }),
    [sync, frames],
  );
  return (
    <PanelContextProvider value={context}>
      <TimeSeries
        frames={series}
        structureRev={revision}
        timeRange={range}
        timeZone={timeZone}
        width={width}
        height={height}
        legend={shownLegend}
      >
        {(config, aligned) => (
          <>
            <MarksPlugin config={config} marks={marks} />
            <TooltipPlugin2
              config={config}
              hoverMode={single ? (Hover.One as number) : (Hover.All as number)}
              syncMode={sync}
              syncScope={SYNC_SCOPE}
              queryZoom={onZoom && (({ from, to }) => onZoom(from, to))}
              render={(_plot, indexes, seriesIndex) => (
                <GraphTooltip frame={aligned} indexes={indexes} active={seriesIndex} timeZone={timeZone} />
              )}
            />
          </>
        )}
      </TimeSeries>
    </PanelContextProvider>
  );
}

/** Frames with a time and a number; hidden series stay in the legend. */
function graphable(frames: DataFrame[], hidden: ReadonlySet<string>): DataFrame[] {
  return frames
    .filter(({ fields }) => fields.some(isTime) && fields.some(isNumber))
    .map((frame) => ({
      ...frame,
      fields: frame.fields
        .filter((field) => isTime(field) || isNumber(field))
        .map((field) => {
          const gone = hidden.has(field.state?.displayName ?? field.name);
          const hideFrom = { legend: false, tooltip: gone, viz: gone };
          return gone ? { ...field, config: { ...field.config, custom: { ...field.config.custom, hideFrom } } } : field;
        }),
    }));
}

const isTime = ({ type }: { type: FieldType }) => type === FieldType.time;
const isNumber = ({ type }: { type: FieldType }) => type === FieldType.number;

function labelsOf(frames: DataFrame[]): string[] {
  return frames.flatMap(({ fields }) => fields.filter(isNumber).map((field) => field.state?.displayName ?? field.name));
}

/** A click shows only that series, a second one all again; with a modifier it adds or removes it. */
function toggled(
  old: ReadonlySet<string>,
  label: string,
  mode: SeriesVisibilityChangeMode,
  all: string[],
): ReadonlySet<string> {
  if (mode === SeriesVisibilityChangeMode.AppendToSelection) {
    return new Set(old.has(label) ? [...old].filter((one) => one !== label) : [...old, label]);
  }
  const alone = !old.has(label) && old.size === all.length - 1;
  return alone ? new Set() : new Set(all.filter((one) => one !== label));
}

/** Grows when series come or go or look different: only then is the graph built anew. */
function useStructure(frames: DataFrame[]): number {
  const known = useRef<{ frames: DataFrame[]; revision: number }>({ frames: [], revision: 0 });
  const same = compareArrayValues(known.current.frames, frames, compareDataFrameStructures);
  known.current = { frames, revision: known.current.revision + (same ? 0 : 1) };
  return known.current.revision;
}

function useLegend(options: LegendOptions | undefined): VizLegendOptions {
  return useMemo(
    () => ({
      showLegend: options?.showLegend ?? true,
      displayMode: (options?.displayMode ?? 'list') as LegendDisplayMode,
      placement: options?.placement ?? 'bottom',
      calcs: options?.calcs ?? [],
    }),
    [options],
  );
}
