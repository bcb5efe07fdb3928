import {
  type DisplayValue,
  type DisplayValueAlignmentFactors,
  type GrafanaTheme2,
  type FieldDisplay,
  getDisplayValueAlignmentFactors,
} from '@grafana/data';
import {
  BigValue,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  VizRepeater,
  type VizRepeaterRenderValueProps,
} from '@grafana/ui';
import { legible } from '../model/legible';
import { useBoard } from '../data/context';
import type { PanelProps } from './types';
import { orientationOf, valuesOf } from './values';

interface StatOptions {
  colorMode?: BigValueColorMode;
  graphMode?: BigValueGraphMode;
  justifyMode?: BigValueJustifyMode;
  textMode?: BigValueTextMode;
}

export function Stat({ panel, frames, width, height, theme }: PanelProps) {
  const board = useBoard();
  const options = (panel.options ?? {}) as StatOptions;
  const colorMode = options.colorMode ?? BigValueColorMode.Value;
  const graphMode = options.graphMode ?? BigValueGraphMode.Area;
  const values = () => valuesOf(panel, frames, theme, board, graphMode !== BigValueGraphMode.None);
  const draw = (props: VizRepeaterRenderValueProps<FieldDisplay, DisplayValueAlignmentFactors>) => (
    <BigValue
      value={colorMode === BigValueColorMode.Value ? legibly(props.value.display, theme) : props.value.display}
      count={props.count}
      sparkline={props.value.sparkline}
      alignmentFactors={props.alignmentFactors}
      colorMode={colorMode}
      graphMode={graphMode}
      justifyMode={options.justifyMode ?? BigValueJustifyMode.Auto}
      textMode={options.textMode ?? BigValueTextMode.Auto}
      width={props.width}
      height={props.height}
      theme={theme}
    />
  );
  return (
    <VizRepeater
      getValues={values}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={draw}
      width={width}
      height={height}
      source={frames}
      renderCounter={board.turn}
      autoGrid
      orientation={orientationOf(panel)}
    />
  );
}

/** The number itself is the text that must be read; its colour may be meant for areas. */
function legibly(display: DisplayValue, theme: GrafanaTheme2): DisplayValue {
  return { ...display, color: legible(display.color ?? theme.colors.text.primary, theme.colors.background.primary) };
}
