import { LoadingState, renderMarkdown } from '@grafana/data';
import { LinkButton, PanelChrome, useTheme2 } from '@grafana/ui';
import { useMemo } from 'react';
import { configure } from '../../graph/fields';
import { useBoard } from '../data/context';
import { type PanelData, usePanelData } from '../data/usePanelData';
import type { Panel } from '../model/dashboard';
import type { Placed } from '../model/layout';
import { linkTarget } from '../model/urls';
import { PANELS, QUIET } from '../panels/registry';
import type { PanelType } from '../panels/types';
import { Boundary } from './Boundary';
import { Notice } from './Notice';
import { useSeen } from './useSeen';

/** One panel, once somebody can see it. */
export function PanelBox({ placed }: { placed: Placed }) {
  const { box, seen } = useSeen();
  const { panel, width, height, left, top } = placed;
  if (seen) {
    return <AwakePanel placed={placed} />;
  }
  const asleep = { 'data-testid': `panel-${panel.id}`, 'data-state': 'asleep' };
  return <div ref={box} style={{ position: 'absolute', left, top, width, height }} {...asleep} />;
}

/** Its frame, what it asks, and what becomes of the answer. */
function AwakePanel({ placed }: { placed: Placed }) {
  const { panel, width, height, left, top } = placed;
  const { replace } = useBoard();
  const data = usePanelData(panel, width);
  const state = stateOf(panel.type, data);
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
          <Body panel={panel} data={data} state={state} width={innerWidth} height={innerHeight} />
        )}
      </PanelChrome>
    </div>
  );
}

/** In place of a panel whose very JSON is at fault. */
export function Broken({ placed: { panel, width, height, left, top }, error }: { placed: Placed; error: string }) {
  return (
    <div
      style={{ position: 'absolute', left, top, width, height }}
      data-testid={`panel-${panel.id}`}
      data-state="error"
      data-type={panel.type}
      data-fault
    >
      <PanelChrome title={panel.title} width={width} height={height}>
        {(innerWidth, innerHeight) => (
          <Notice width={innerWidth} height={innerHeight} text={error} icon="exclamation-triangle" />
        )}
      </PanelChrome>
    </div>
  );
}

type State = 'loading' | 'done' | 'error' | 'empty';

/** While a panel asks again it stays what it was. */
function stateOf(type: string, { frames, error }: PanelData): State {
  if (error || !PANELS[type]) {
    return 'error';
  }
  if (QUIET.has(type)) {
    return 'done';
  }
  if (!frames) {
    return 'loading';
  }
  return isEmpty(frames) ? 'empty' : 'done';
}

function isEmpty(frames: PanelData['frames'] = []): boolean {
  return frames.every(({ length }) => length === 0);
}

interface BodyProps {
  panel: Panel;
  data: PanelData;
  state: State;
  width: number;
  height: number;
}

function Body({ panel, data, state, width, height }: BodyProps) {
  const Type = PANELS[panel.type];
  const say = (text: string) => <Notice width={width} height={height} text={text} icon="exclamation-triangle" />;
  if (!Type) {
    return say(`The preview cannot draw panels of type "${panel.type}"; Grafana can.`);
  }
  if (data.error && isEmpty(data.frames)) {
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
      attempt={data.frames}
      fallback={(error) => <div data-fault>{say(`This panel could not be drawn: ${error}`)}</div>}
    >
      <Drawn type={Type} panel={panel} frames={data.frames} width={width} height={height} />
    </Boundary>
  );
}

interface DrawnProps {
  type: PanelType;
  panel: Panel;
  frames: PanelData['frames'];
  width: number;
  height: number;
}

/** Inside of the boundary: what the JSON configures may be wrong as well. */
function Drawn({ type: Type, panel, frames, width, height }: DrawnProps) {
  const { replace, timeZone } = useBoard();
  const theme = useTheme2();
  const configured = useMemo(
    () => configure({ frames: frames ?? [], fieldConfig: panel.fieldConfig, replace, theme, timeZone }),
    [frames, panel.fieldConfig, replace, theme, timeZone],
  );
  return <Type panel={panel} frames={configured} width={width} height={height} theme={theme} />;
}

function Links({ placed: { panel } }: { placed: Placed }) {
  const { replace } = useBoard();
  return (
    <>
      {(panel.links ?? []).map(({ title, url }) => {
        const target = linkTarget(replace(url));
        return (
          target && (
            <LinkButton
              key={title}
              href={target.href}
              icon="external-link-alt"
              aria-label={title}
              tooltip={title}
              fill="text"
              size="sm"
              variant="secondary"
              {...(target.external ? { target: '_blank', rel: 'noreferrer' } : {})}
            />
          )
        );
      })}
    </>
  );
}
