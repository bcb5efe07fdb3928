// Does for this plugin what the configuration of @grafana/create-plugin does: the same externals, layout and AMD module.
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import CopyPlugin from 'copy-webpack-plugin';
import { minimizer, root, shared, src } from './shared.mjs';

const dist = path.join(root, 'dist');
const launcher = path.join(root, 'launcher', 'gpx_airuntime');
const { id } = JSON.parse(readFileSync(path.join(src, 'plugin.json'), 'utf8'));
const platforms = ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64'];
const executables = ['', 'datasource/'].flatMap((folder) => platforms.map((name) => `${folder}gpx_airuntime_${name}`));

/** Modules that Grafana hands to a plugin at run time. */
const externals = [
  { 'amd-module': 'module' },
  'lodash',
  'moment',
  'rxjs',
  'react',
  'react-dom',
  'react-router',
  '@emotion/css',
  '@emotion/react',
  ({ request }, done) => (/^@grafana\/(ui|runtime|data|schema|i18n)$/.test(request) ? done(null, request) : done()),
];

const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const today = new Date().toISOString().slice(0, 10);
const filled = (content) =>
  content.toString().replaceAll('%VERSION%', version).replaceAll('%TODAY%', today).replaceAll('%PLUGIN_ID%', id);

const copies = [
  { from: 'plugin.json', transform: filled },
  { from: 'img', to: 'img' },
  { from: 'datasource/plugin.json', to: 'datasource/plugin.json', transform: filled },
  { from: 'datasource/img', to: 'datasource/img' },
  { from: 'README.md' },
  { from: '../LICENSE' },
  { from: '../CHANGELOG.md' },
  ...(existsSync(launcher) ? executables.map((to) => ({ from: launcher, to, toType: 'file' })) : []),
];

const executable = {
  apply: (compiler) =>
    compiler.hooks.afterEmit.tap('executable', () => {
      for (const name of executables.filter((file) => existsSync(path.join(dist, file)))) {
        chmodSync(path.join(dist, name), 0o755);
      }
    }),
};

export default {
  ...shared,
  entry: { module: './module.tsx', 'datasource/module': './datasource/module.ts' },
  output: { path: dist, filename: '[name].js', library: { type: 'amd' }, clean: true, uniqueName: id },
  externals,
  devtool: 'source-map',
  optimization: { minimizer: [minimizer], splitChunks: false },
  plugins: [...shared.plugins, new CopyPlugin({ patterns: copies }), executable],
};
