// Pages are links and forms: none needs Kit's router in the browser. What lives there is built by itself (vite.island.config.ts).
export const csr = false;
