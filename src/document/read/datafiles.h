/**
 * Poppler looks for its tables of Asian encodings when a page needs one, which the sandbox forbids. So they
 * are mapped before it closes, and our fopen() answers poppler's from memory.
 */
#ifndef ND_READ_DATAFILES_H
#define ND_READ_DATAFILES_H

/** Maps the files below /usr/share/poppler; nothing when the package poppler-data is not installed. */
void nd_datafiles_map(void);

#endif
