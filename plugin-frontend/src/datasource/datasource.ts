import type { DataSourceInstanceSettings, MetricFindValue, ScopedVars } from '@grafana/data';
import { DataSourceWithBackend, getTemplateSrv } from '@grafana/runtime';
import { interpolateQuery, isAsked } from './interpolate';
import type { RuntimeQuery, RuntimeSettings, VariableQuery } from './types';

/** Queries, health and resources go to the plugin's backend; here are only variables. */
export class RuntimeDataSource extends DataSourceWithBackend<RuntimeQuery, RuntimeSettings> {
  constructor(settings: DataSourceInstanceSettings<RuntimeSettings>) {
    super(settings);
    this.annotations = {};
  }

  override getDefaultQuery(): Partial<RuntimeQuery> {
    return { type: 'primitives', service: '', primitive: '' };
  }

  override filterQuery(query: RuntimeQuery): boolean {
    return isAsked(query);
  }

  override applyTemplateVariables(query: RuntimeQuery, scopedVars: ScopedVars): RuntimeQuery {
    return interpolateQuery(query, (text, format) => getTemplateSrv().replace(text, scopedVars, format));
  }

  override async metricFindQuery(query: VariableQuery): Promise<MetricFindValue[]> {
    const name = (typeof query === 'string' ? query : query.query) || 'services';
    return this.getResource(`api/variables/${encodeURIComponent(name)}`);
  }
}
