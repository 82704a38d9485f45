/**
 * Moves the focus to the first field of the form that is wrong: said by us, or by the browser, as of a date of which a
 * part is missing, which it explains itself. Why stands beside the field, which names it as its description.
 */
export function focusFirstWrong(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(
    '[aria-invalid="true"], :invalid',
  );
  field?.focus();
  field?.reportValidity();
}
