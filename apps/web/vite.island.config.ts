import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// The one part of the pages that runs in the browser, built by itself: with Kit's router the fund page would load twice as much.
export default defineConfig({
  plugins: [svelte()],
  publicDir: false,
  build: {
    outDir: 'static/funding',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: false,
    rolldownOptions: {
      input: 'src/funding/island.ts',
      output: { entryFileNames: 'island.js', chunkFileNames: '[name]-[hash].js', assetFileNames: '[name]-[hash][extname]' },
    },
  },
  // The chunks stand beside the entry, wherever that is served from.
  base: './',
});
