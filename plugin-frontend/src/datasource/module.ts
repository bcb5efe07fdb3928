import { DataSourcePlugin } from '@grafana/data';
import { ConfigEditor } from './ConfigEditor';
import { RuntimeDataSource } from './datasource';
import { QueryEditor } from './QueryEditor';
import type { RuntimeQuery, RuntimeSecrets, RuntimeSettings } from './types';
import { VariableEditor } from './VariableEditor';

export const plugin = new DataSourcePlugin<RuntimeDataSource, RuntimeQuery, RuntimeSettings, RuntimeSecrets>(
  RuntimeDataSource,
)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor)
  .setVariableQueryEditor(VariableEditor);
