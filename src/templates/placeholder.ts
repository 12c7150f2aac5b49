/** `{{name}}` in a text of a template stands for the value of that parameter. */
const PLACEHOLDER = /\{\{\s*([A-Za-z_]\w*)\s*\}\}/g;

/** The parameters that a text names, each as often as it does. */
export function parametersIn(text: string): readonly string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name]) => name as string);
}

/** What is filled in is not looked at again: a value that looks like a placeholder stays one. */
export function fillText(text: string, textOf: (parameter: string) => string): string {
  return text.replace(PLACEHOLDER, (_whole, name: string) => textOf(name));
}
