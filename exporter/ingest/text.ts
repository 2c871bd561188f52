/**
 * Whether a text can be a label and come back as it was: a NUL ends a label for Prometheus and separates values for us,
 * and a lone surrogate has no UTF-8.
 */
export function isPlainText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
