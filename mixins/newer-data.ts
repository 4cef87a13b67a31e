/** The data was written by a newer release: an older one would not understand it. */
export class NewerDataError extends Error {}
