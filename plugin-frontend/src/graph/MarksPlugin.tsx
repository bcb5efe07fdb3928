import type { UPlotConfigBuilder } from '@grafana/ui';
import { useEffect, useLayoutEffect, useRef } from 'react';
import type uPlot from 'uplot';

/** A moment marked on a graph. */
export interface Mark {
  time: number;
  color: string;
}

const SIZE = 5;

/** A dashed line with a foot for each change, as Grafana marks annotations. */
export function MarksPlugin({ config, marks }: { config: UPlotConfigBuilder; marks: Mark[] }) {
  const plot = useRef<uPlot>(undefined);
  const shown = useRef(marks);
  shown.current = marks;
  useLayoutEffect(() => {
    config.addHook('init', (made) => {
      plot.current = made;
    });
    config.addHook('draw', (made) => draw(made, shown.current));
  }, [config]);
  useEffect(() => plot.current?.redraw(), [marks]);
  return null;
}

function draw(plot: uPlot, marks: Mark[]): void {
  const { ctx, bbox } = plot;
  const ratio = window.devicePixelRatio;
  ctx.save();
  for (const { time, color } of marks) {
    const x = plot.valToPos(time, 'x', true);
    if (x >= bbox.left && x <= bbox.left + bbox.width) {
      const bottom = bbox.top + bbox.height;
      ctx.strokeStyle = ctx.fillStyle = color;
      ctx.lineWidth = ratio;
      ctx.setLineDash([4 * ratio, 4 * ratio]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bottom);
      ctx.stroke();
      ctx.beginPath();
      ctx.moveTo(x, bottom - SIZE * ratio);
      ctx.lineTo(x - SIZE * ratio, bottom);
      ctx.lineTo(x + SIZE * ratio, bottom);
      ctx.fill();
    }
  }
  ctx.restore();
}
