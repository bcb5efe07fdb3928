import { renderTextPanelMarkdown } from '@grafana/data';
import { RenderUserContentAsHTML } from '@grafana/ui';
import { useBoard } from '../data/context';
import type { PanelProps } from './types';

/** Markdown as Grafana draws it: markup outside of its safe subset is escaped. HTML is not drawn. */
export function Words({ panel, width, height }: PanelProps) {
  const { replace } = useBoard();
  const { content = '', mode = 'markdown' } = (panel.options ?? {}) as { content?: string; mode?: string };
  const text = replace(content);
  return (
    <div style={{ width, height, overflow: 'auto' }}>
      {mode === 'markdown' ? (
        <RenderUserContentAsHTML className="markdown-html" content={renderTextPanelMarkdown(text)} component="div" />
      ) : (
        <pre>{text}</pre>
      )}
    </div>
  );
}
