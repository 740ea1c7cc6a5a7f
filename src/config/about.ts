/** What a setting does, and an example of its value. */
export const about = (description: string, example: string) => ({ description, example });

/** What a secret does. It can also be set by `<NAME>_FILE`, and is never printed. */
export const secret = (description: string) => ({ description, secret: true });
