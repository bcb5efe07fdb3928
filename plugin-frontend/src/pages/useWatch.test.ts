import { type LiveChannelAddress, type LiveChannelEvent, LiveChannelEventType, toLiveChannelId } from '@grafana/data';
import { type GrafanaLiveSrv, setGrafanaLiveSrv } from '@grafana/runtime';
import { renderHook } from '@testing-library/react';
import { Subject } from 'rxjs';
import { beforeEach, expect, it, vi } from 'vitest';
import { watchRollout } from '../api/grafana';
import { APP_ID } from '../ids';
import type { Watch } from '../api/api';
import { useWatch } from './useWatch';

/** A fake of Grafana Live: channels in memory. */
let channels: Map<string, Subject<LiveChannelEvent>>;
let addresses: LiveChannelAddress[];
const MESSAGE = { type: LiveChannelEventType.Message, message: { data: {} } } as const;
const STATUS = { type: LiveChannelEventType.Status } as LiveChannelEvent;
const CHANNEL = 'plugin/airuntime-intelligence-app/rollout/s-1';

beforeEach(() => {
  channels = new Map();
  addresses = [];
  const getStream = (address: LiveChannelAddress) => {
    const channel = new Subject<LiveChannelEvent>();
    channels.set(toLiveChannelId(address), channel);
    addresses.push(address);
    return channel;
  };
  setGrafanaLiveSrv({ getStream } as unknown as GrafanaLiveSrv);
});

function watching(watch: Watch | undefined) {
  const onChange = vi.fn();
  const hook = renderHook((props) => useWatch(props.watch, 's-1', onChange), { initialProps: { watch } });
  return { onChange, ...hook };
}

it("hears of each message on the rollout's own channel, and not of how the connection does", () => {
  const { onChange } = watching(watchRollout);
  expect([...channels.keys()]).toEqual([CHANNEL]);

  channels.get(CHANNEL)?.next(STATUS);
  expect(onChange).not.toHaveBeenCalled();

  channels.get(CHANNEL)?.next(MESSAGE);
  channels.get(CHANNEL)?.next(MESSAGE);
  expect(onChange).toHaveBeenCalledTimes(2);
});

it('names the channel in the words of Grafana before 12.4 too, which has another for the stream', () => {
  watching(watchRollout);

  expect(addresses).toEqual([expect.objectContaining({ stream: APP_ID, namespace: APP_ID })]);
});

it('leaves the channel when there is nothing more to watch, and when the page goes', () => {
  const { rerender, unmount } = watching(watchRollout);
  expect(channels.get(CHANNEL)?.observed).toBe(true);

  rerender({ watch: undefined });
  expect(channels.get(CHANNEL)?.observed).toBe(false);

  rerender({ watch: watchRollout });
  expect(channels.get(CHANNEL)?.observed).toBe(true);
  unmount();
  expect(channels.get(CHANNEL)?.observed).toBe(false);
});

it('is quiet when the channel breaks, and where there is none', () => {
  const { onChange } = watching(watchRollout);
  channels.get(CHANNEL)?.error(new Error('the socket is gone'));
  watching(undefined);

  expect(onChange).not.toHaveBeenCalled();
  expect(channels.size).toBe(1);
});
