import type { TimeRange } from '@grafana/data';
import { ButtonGroup, ButtonSelect, RefreshPicker, TimeRangePicker } from '@grafana/ui';

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

const OFF = 'Off';
const INTERVALS = ['5s', '10s', '30s', '1m', '5m', '15m', '30m', '1h'];

/** Time range and refresh, as at the top of each Grafana dashboard. */
export function TimeControls({ range, timeZone, refresh, intervals = INTERVALS, onRefresh, ...set }: Props) {
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
      <ButtonGroup>
        <RefreshPicker
          tooltip="Refresh"
          onRefresh={onRefresh}
          onIntervalChanged={set.setRefresh}
          noIntervalPicker
          isOnCanvas
        />
        <ButtonSelect
          aria-label={`${refresh || OFF}: refresh interval`}
          variant="canvas"
          options={['', ...intervals].map((value) => ({ value, label: value || OFF }))}
          value={{ value: refresh, label: refresh || OFF }}
          onChange={({ value = '' }) => set.setRefresh(value)}
        />
      </ButtonGroup>
    </>
  );
}

function rawText(raw: TimeRange['raw']['from']): string {
  return typeof raw === 'string' ? raw : String(raw.valueOf());
}
