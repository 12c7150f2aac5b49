import type { ReadResourceResult } from '@modelcontextprotocol/server';
import { concise } from '../concise.ts';

/** A reading as JSON, as short as an answer of a tool. */
export function jsonResource(uri: string, value: object): ReadResourceResult {
  const text = JSON.stringify(concise(value));
  return { contents: [{ uri, mimeType: 'application/json', text }] };
}

/** A whole number of a query; null for what is none. */
export function numberOf(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null || !/^\d{1,15}$/.test(text)) return null;
  return Number(text);
}
