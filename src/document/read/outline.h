/**
 * Where bookmarks point to. Poppler's C++ interface names their titles but not their targets, so they are
 * found in the page texts: a bookmark's place is the line (or two or three lines) that reads as its title,
 * leading numbers apart, and places must follow each other as the bookmarks do. Pages that list the titles
 * are not taken for the places themselves.
 */
#ifndef ND_READ_OUTLINE_H
#define ND_READ_OUTLINE_H

#include "job.h"

struct nd_bookmark {
    unsigned level;
    char *title;
};
struct nd_bookmarks {
    struct nd_bookmark *v;
    size_t n, cap;
};
void nd_bookmarks_add(struct nd_bookmarks *list, unsigned level, struct nd_view title);
void nd_bookmarks_release(struct nd_bookmarks *list);

/** Adds a heading to the reading for each bookmark; one that was not found gets the page of the one before
 * it. */
void nd_bookmarks_place(struct nd_job *job, const struct nd_bookmarks *list);

#endif
