import { type DisplayValueAlignmentFactors, type FieldDisplay, getDisplayValueAlignmentFactors } from '@grafana/data';
import { BarGaugeDisplayMode, type BarGaugeNamePlacement, BarGaugeValueMode, VizOrientation } from '@grafana/schema';
import { BarGauge, VizRepeater, type VizRepeaterRenderValueProps } from '@grafana/ui';
import { useBoard } from '../data/context';
import type { PanelProps } from './types';
import { orientationOf, valuesOf } from './values';

interface BarOptions {
  displayMode?: BarGaugeDisplayMode;
  valueMode?: BarGaugeValueMode;
  namePlacement?: BarGaugeNamePlacement;
  showUnfilled?: boolean;
  minVizWidth?: number;
  minVizHeight?: number;
  maxVizHeight?: number;
}

export function Bars({ panel, frames, width, height, theme }: PanelProps) {
  const board = useBoard();
  const options = (panel.options ?? {}) as BarOptions;
  const orientation = orientationOf(panel);
  const across = orientation === VizOrientation.Auto ? width > height : orientation === VizOrientation.Horizontal;
  const draw = (props: VizRepeaterRenderValueProps<FieldDisplay, DisplayValueAlignmentFactors>) => {
    const { field, display, view, colIndex } = props.value;
    return (
      <BarGauge
        value={props.count === 1 && !field.displayName ? { ...display, title: undefined } : display}
        field={field}
        display={colIndex === undefined ? undefined : view?.getFieldDisplayProcessor(colIndex)}
        width={props.width}
        height={props.height}
        orientation={props.orientation}
        alignmentFactors={props.alignmentFactors}
        displayMode={options.displayMode ?? BarGaugeDisplayMode.Gradient}
        valueDisplayMode={options.valueMode ?? BarGaugeValueMode.Color}
        namePlacement={options.namePlacement}
        showUnfilled={options.showUnfilled}
        itemSpacing={10}
        isOverflow={false}
        theme={theme}
      />
    );
  };
  return (
    <VizRepeater
      getValues={() => valuesOf(panel, frames, theme, board)}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={draw}
      width={width}
      height={height}
      minVizWidth={options.minVizWidth}
      minVizHeight={options.minVizHeight ?? 16}
      maxVizHeight={options.maxVizHeight ?? 64}
      source={frames}
      renderCounter={board.turn}
      itemSpacing={10}
      orientation={across ? VizOrientation.Horizontal : VizOrientation.Vertical}
    />
  );
}
