/** Of saved answers that the server has: a long list, and one whose every text is hostile. */
export const MANY = "many.example";
export const HOSTILE = "hostile.example";
