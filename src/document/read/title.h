/** Which titles a reader would recognise. */
#ifndef ND_READ_TITLE_H
#define ND_READ_TITLE_H

#include "job.h"

/**
 * Takes a title from metadata if it is one: what a word processor or TeX puts there by itself ("untitled",
 * "Microsoft Word - x.doc", a file's or font's name) is not. True when it was taken.
 */
bool nd_title_from_metadata(struct nd_job *job, struct nd_view title);
/** Takes a title from the document's first heading, if there is none from metadata. */
void nd_title_from_heading(struct nd_job *job, struct nd_view title);
/** The same from the first of the reading's headings that names the document rather than a part of it
 * ("Contents"). */
void nd_title_from_headings(struct nd_job *job);
/** Author and date from metadata; empty ones are left out. A date is kept as far as it reads YYYY[-MM[-DD]].
 */
void nd_author(struct nd_job *job, struct nd_view author);
void nd_date(struct nd_job *job, struct nd_view date);

#endif
