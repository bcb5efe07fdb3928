import path from 'node:path';
import CopyPlugin from 'copy-webpack-plugin';
import webpack from 'webpack';
import { minimizer, root, shared, src } from './shared.mjs';

const preview = path.join(src, 'preview');
const empty = path.join(preview, 'empty.ts');

/** Parts of @grafana/ui that dashboards never show, each worth megabytes. */
const left_out = Object.fromEntries(
  ['@monaco-editor/react', 'monaco-editor', 'i18next-pseudo', '@grafana/faro-web-sdk'].map((name) => [name, empty]),
);

export default {
  ...shared,
  entry: { preview: './preview/main.tsx' },
  output: { path: path.join(root, 'dist-preview'), filename: '[name].js', publicPath: 'auto', clean: true },
  resolve: {
    ...shared.resolve,
    alias: { ...left_out, 'react-inlinesvg': path.join(preview, 'ui', 'svg.tsx') },
  },
  module: {
    parser: { javascript: { dynamicImportMode: 'eager' } },
    rules: [
      ...shared.module.rules,
      { test: /\.css$/, type: 'css' },
      { test: /\.woff2$/, type: 'asset/resource', generator: { filename: 'fonts/[name][ext]' } },
    ],
  },
  experiments: { css: true },
  optimization: { minimizer: [minimizer], splitChunks: false },
  plugins: [
    ...shared.plugins,
    new webpack.DefinePlugin({ 'process.env.NODE_ENV': JSON.stringify('production') }),
    new CopyPlugin({ patterns: [{ from: 'preview/index.html' }] }),
  ],
};
