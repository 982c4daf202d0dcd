/** A file's name in a sentence, with the quotes around it. */
export const FILE_NAME = /(['"`])[^'"`\n]*\.[a-z]\w{1,6}\1|\S+\.[a-z]\w{1,6}(?!\w)/giu;
