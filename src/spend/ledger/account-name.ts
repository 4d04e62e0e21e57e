const NAME_FORM = /^[A-Za-z0-9._@:~-]{1,100}$/;

/** Whether a text may name an account: 1 to 100 of A–Z a–z 0–9 . _ @ : ~ -. */
export const isAccountName = (text: string): boolean => NAME_FORM.test(text);
