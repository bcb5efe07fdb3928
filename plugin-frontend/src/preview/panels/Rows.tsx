import { type DataFrame, type Field, formattedValueToString, type GrafanaTheme2, type LinkModel } from '@grafana/data';
import { type CustomCellRendererProps, Button, type TableSortByFieldState } from '@grafana/ui';
import { TableCellHeight } from '@grafana/schema';
import { TableNG } from '@grafana/ui/unstable';
import { useMemo } from 'react';
import { type Action, useBoard } from '../data/context';
import { groundOf, legible, recolored } from '../model/legible';
import { fillRow, fillUrl, linkTarget, type Row } from '../model/urls';
import type { PanelProps } from './types';

/** Rows up to which all are drawn, in sight or not, so that a page can be searched and printed. */
const MOST_DRAWN = 50;

interface TableOptions {
  cellHeight?: TableCellHeight;
  showHeader?: boolean;
  sortBy?: TableSortByFieldState[];
}

/** The first frame as a table. */
export function Rows({ panel, frames, width, height, theme }: PanelProps) {
  const options = (panel.options ?? {}) as TableOptions;
  const { replace, range } = useBoard();
  const [first] = frames;
  const data = useMemo(() => first && withCells(first, replace, theme), [first, replace, theme]);
  return data ? (
    <TableNG
      data={data}
      width={width}
      height={height}
      cellHeight={options.cellHeight ?? TableCellHeight.Sm}
      noHeader={options.showHeader === false}
      initialSortBy={options.sortBy}
      timeRange={range}
      enableVirtualization={data.length > MOST_DRAWN}
    />
  ) : null;
}

function withCells(frame: DataFrame, replace: (text: string) => string, theme: GrafanaTheme2): DataFrame {
  return {
    ...frame,
    fields: frame.fields.map((field) => ({
      ...colored(field, theme),
      config: { ...field.config, custom: cellOf(field) },
      getLinks: ({ valueRowIndex }) => linksOf(field, rowOf(frame, valueRowIndex ?? 0), replace),
    })),
  };
}

/** Cells whose colours carry text, in colours on which or in which it can be read. */
function colored(field: Field, theme: GrafanaTheme2): Field {
  const { type } = (field.config.custom as { cellOptions?: { type?: string } } | undefined)?.cellOptions ?? {};
  switch (type) {
    case 'color-text':
      return recolored(field, (color) => legible(color, theme.colors.background.primary));
    case 'color-background':
      return recolored(field, groundOf);
    default:
      return field;
  }
}

/** What cell the field wants, in the words of this version of the table. */
function cellOf({ config }: Field): Record<string, unknown> {
  const custom = (config.custom ?? {}) as Record<string, unknown> & {
    cellOptions?: { type?: string; wrapText?: boolean };
  };
  const cell = custom.cellOptions;
  if (cell?.type === 'actions') {
    return { ...custom, cellOptions: { type: 'custom', cellComponent: ActionCell } };
  }
  return { ...custom, wrapText: custom.wrapText ?? cell?.wrapText ?? false };
}

function rowOf(frame: DataFrame, index: number): Row {
  return Object.fromEntries(frame.fields.map((field) => [field.name, field.values[index]]));
}

function linksOf(field: Field, row: Row, replace: (text: string) => string): LinkModel<Field>[] {
  return (field.config.links ?? []).flatMap(({ title, url, targetBlank }) => {
    const target = linkTarget(fillUrl(replace(url), row));
    const open = target?.external || targetBlank ? ('_blank' as const) : ('_self' as const);
    return target ? [{ title, href: target.href, target: open, origin: field }] : [];
  });
}

/** The buttons of a row. The question they ask lives outside of the table, which is drawn anew at each refresh. */
function ActionCell({ field, frame, rowIndex }: CustomCellRendererProps) {
  const { act } = useBoard();
  const row = rowOf(frame, rowIndex);
  return (
    <>
      {((field.config.actions ?? []) as Action[]).map((action) => (
        <Button
          key={action.title}
          size="sm"
          variant="secondary"
          data-testid={`action-${action.title}`}
          onClick={() =>
            act({ ...action, confirmation: fillRow(action.confirmation ?? '', shownRow(frame, rowIndex)) }, row)
          }
        >
          {action.title}
        </Button>
      ))}
    </>
  );
}

/** The row as the table shows it, for sentences. */
function shownRow(frame: DataFrame, index: number): Row {
  return Object.fromEntries(
    frame.fields.map((field) => {
      const value: unknown = field.values[index];
      return [field.name, field.display ? formattedValueToString(field.display(value)) : value];
    }),
  );
}
