// Put in at build time by vite.config.ts from packs/<country>/: directory.yml, and the zone of policy/offices.yml.
declare const __OFFICE_PHONE__: string;
declare const __PHONES__: readonly string[];
declare const __OFFICE_ZONE__: string;
