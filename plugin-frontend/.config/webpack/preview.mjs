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

/** Grafana's fonts under the names by which the styles of @grafana/ui ask for them; one file has every weight. */
const inter = path.join(root, 'node_modules/@fontsource-variable/inter/files/inter-latin-wght');
const mono = path.join(root, 'node_modules/@fontsource/roboto-mono/files/roboto-mono-latin-400-normal.woff2');
const fonts = [
  { from: `${inter}-normal.woff2`, to: 'public/fonts/inter/Inter-Regular.woff2' },
  { from: `${inter}-normal.woff2`, to: 'public/fonts/inter/Inter-Medium.woff2' },
  { from: `${inter}-italic.woff2`, to: 'public/fonts/inter/Inter-Italic.woff2' },
  { from: `${inter}-italic.woff2`, to: 'public/fonts/inter/Inter-MediumItalic.woff2' },
  { from: mono, to: 'public/fonts/roboto/L0xTDF4xlVMF-BfR8bXMIhJHg45mwgGEFl0_3vrtSM1J-gEPT5Ese6hmHSh0mQ.woff2' },
];

export default {
  ...shared,
  entry: { preview: './preview/main.tsx' },
  output: { path: path.join(root, 'dist-preview'), filename: '[name].js', publicPath: 'auto', clean: true },
  resolve: {
    ...shared.resolve,
    alias: {
      ...left_out,
      'react-inlinesvg': path.join(preview, 'ui', 'svg.tsx'),
      'react-router-dom-v5-compat': path.join(preview, 'ui', 'router.tsx'),
    },
  },
  module: {
    parser: { javascript: { dynamicImportMode: 'eager' } },
    rules: [...shared.module.rules, { test: /\.css$/, type: 'css' }],
  },
  experiments: { css: true },
  optimization: { minimizer: [minimizer], splitChunks: false },
  plugins: [
    ...shared.plugins,
    new webpack.DefinePlugin({ 'process.env.NODE_ENV': JSON.stringify('production') }),
    new CopyPlugin({ patterns: [{ from: 'preview/index.html' }, ...fonts] }),
  ],
};
