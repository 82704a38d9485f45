import { capacity } from './capacity/capacity.js';
import type { FamilyName } from './family-names.js';
import type { Family } from './family.js';
import { rush } from './rush.js';

export const families: Readonly<Record<FamilyName, Family>> = { rush, capacity };
