import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: [
    './src/store/schema.ts',
    './src/store/log-schema.ts',
    './src/store/views.ts',
    './src/store/report-views.ts',
    './src/store/delivery-schema.ts',
  ],
  out: './migrations',
  schemaFilter: ['cph'],
});
