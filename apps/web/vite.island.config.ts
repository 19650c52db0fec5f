import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// The parts of the pages that run in the browser, built by themselves: with Kit's router a page would load twice as much.
export default defineConfig({
  plugins: [svelte()],
  publicDir: false,
  build: {
    outDir: 'static/islands',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: false,
    rolldownOptions: {
      input: { funding: 'src/funding/island.ts', linking: 'src/linking/island.ts', deciding: 'src/deciding/island.ts' },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js', assetFileNames: '[name]-[hash][extname]' },
    },
  },
  // The chunks stand beside the entries, wherever those are served from.
  base: './',
});
