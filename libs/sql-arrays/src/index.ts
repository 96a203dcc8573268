export { jsonTexts, packed, RECORD_SEPARATOR, textArray } from './sql-arrays.js';
