// Put in at build time by vite.config.ts from packs/<country>/directory.yml.
declare const __OFFICE_PHONE__: string;
declare const __PHONES__: readonly string[];
