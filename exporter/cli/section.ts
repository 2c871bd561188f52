/** A title with text below it, or what there is to say where the text is empty. */
export function section(title: string, text: string, otherwise: string): string {
  return `${title}\n${text === '' ? `  ${otherwise}\n` : text.replaceAll(/^(?=.)/gm, '  ')}`;
}
