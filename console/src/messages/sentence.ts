/**
 * What happened, and what to do about it where the sentence of the database is not kept. `%1` stands for the first value of the English
 * sentence, and so on.
 */
export type Sentence = readonly [says: string, cure?: string]
