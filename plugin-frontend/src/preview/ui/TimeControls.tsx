import type { TimeRange } from '@grafana/data';
import { RefreshPicker, TimeRangePicker } from '@grafana/ui';

interface Props {
  range: TimeRange;
  timeZone: string;
  refresh: string;
  intervals?: string[];
  setRaw: (from: string, to: string) => void;
  setRefresh: (interval: string) => void;
  setTimeZone: (timeZone: string) => void;
  onRefresh: () => void;
}

/** Time range and refresh, as at the top of each Grafana dashboard. */
export function TimeControls({ range, timeZone, refresh, intervals, onRefresh, ...set }: Props) {
  const span = range.to.valueOf() - range.from.valueOf();
  const shift = (from: number, to: number) => set.setRaw(String(Math.round(from)), String(Math.round(to)));
  const move = (by: number) => shift(range.from.valueOf() + by, range.to.valueOf() + by);
  return (
    <>
      <TimeRangePicker
        value={range}
        timeZone={timeZone}
        onChange={({ raw }) => set.setRaw(rawText(raw.from), rawText(raw.to))}
        onChangeTimeZone={set.setTimeZone}
        onMoveBackward={() => move(-span / 2)}
        onMoveForward={() => move(span / 2)}
        onZoom={() => shift(range.from.valueOf() - span / 2, range.to.valueOf() + span / 2)}
        isOnCanvas
      />
      <RefreshPicker
        value={refresh}
        intervals={intervals}
        onIntervalChanged={set.setRefresh}
        onRefresh={onRefresh}
        isOnCanvas
      />
    </>
  );
}

function rawText(raw: TimeRange['raw']['from']): string {
  return typeof raw === 'string' ? raw : String(raw.valueOf());
}
