/** What a setting does, and an example of its value. */
export const about = (description: string, example: string) => ({ description, example });
