import { type DataFrame, LoadingState, renderMarkdown } from '@grafana/data';
import { PanelChrome, TextLink, useTheme2 } from '@grafana/ui';
import { useMemo } from 'react';
import { useBoard } from '../data/context';
import { type PanelData, usePanelData } from '../data/usePanelData';
import { configure } from '../model/fields';
import type { Placed } from '../model/layout';
import { linkTarget } from '../model/urls';
import { PANELS, QUIET } from '../panels/registry';
import { Boundary } from './Boundary';
import { Notice } from './Notice';

/** One panel: its frame, what it asks, and what becomes of the answer. */
export function PanelBox({ placed }: { placed: Placed }) {
  const { panel, width, height, left, top } = placed;
  const { replace, timeZone } = useBoard();
  const theme = useTheme2();
  const data = usePanelData(panel, width);
  const frames = useMemo(
    () => configure({ frames: data.frames ?? [], fieldConfig: panel.fieldConfig, replace, theme, timeZone }),
    [data.frames, panel.fieldConfig, replace, theme, timeZone],
  );
  const state = stateOf(panel.type, data, frames);
  return (
    <div
      style={{ position: 'absolute', left, top, width, height }}
      data-testid={`panel-${panel.id}`}
      data-state={state}
      data-type={panel.type}
    >
      <PanelChrome
        title={panel.title && replace(panel.title, {}, 'text')}
        description={panel.description && (() => renderMarkdown(replace(panel.description ?? '')))}
        titleItems={<Links placed={placed} />}
        loadingState={data.loading ? LoadingState.Loading : data.error ? LoadingState.Error : LoadingState.Done}
        statusMessage={data.error}
        displayMode={panel.transparent ? 'transparent' : 'default'}
        padding={panel.type === 'table' ? 'none' : 'md'}
        width={width}
        height={height}
      >
        {(innerWidth, innerHeight) => (
          <Body placed={placed} data={data} frames={frames} state={state} width={innerWidth} height={innerHeight} />
        )}
      </PanelChrome>
    </div>
  );
}

type State = 'loading' | 'done' | 'error' | 'empty';

/** While a panel asks again it stays what it was. */
function stateOf(type: string, { frames, error }: PanelData, configured: DataFrame[]): State {
  if (error || !PANELS[type]) {
    return 'error';
  }
  if (QUIET.has(type)) {
    return 'done';
  }
  if (!frames) {
    return 'loading';
  }
  return configured.every(({ length }) => length === 0) ? 'empty' : 'done';
}

interface BodyProps {
  placed: Placed;
  data: PanelData;
  frames: DataFrame[];
  state: State;
  width: number;
  height: number;
}

function Body({ placed: { panel }, data, frames, state, width, height }: BodyProps) {
  const theme = useTheme2();
  const Type = PANELS[panel.type];
  const say = (text: string) => <Notice width={width} height={height} text={text} icon="exclamation-triangle" />;
  if (!Type) {
    return say(`The preview cannot draw panels of type "${panel.type}"; Grafana can.`);
  }
  if (data.error && !data.frames?.length) {
    return say(data.error);
  }
  if (state === 'loading') {
    return null;
  }
  if (state === 'empty') {
    return <Notice width={width} height={height} text={panel.fieldConfig?.defaults?.noValue ?? 'No data'} />;
  }
  return (
    <Boundary
      attempt={frames}
      fallback={(error) => <div data-fault>{say(`This panel could not be drawn: ${error}`)}</div>}
    >
      <Type panel={panel} frames={frames} width={width} height={height} theme={theme} />
    </Boundary>
  );
}

function Links({ placed: { panel } }: { placed: Placed }) {
  const { replace } = useBoard();
  return (
    <>
      {(panel.links ?? []).map(({ title, url }) => {
        const target = linkTarget(replace(url));
        return (
          target && (
            <TextLink key={title} href={target.href} external={target.external} variant="bodySmall" inline={false}>
              {title}
            </TextLink>
          )
        );
      })}
    </>
  );
}
