/**
 * What goes through the pipe from nightdesk-read to its parent: ND_FRAME_MAGIC, then frames. A frame is one
 * byte of type, four bytes of length (low byte first) and that many bytes. ND_FRAME_COUNT   4 bytes: how many
 * pages will come; first, and only when there are any ND_FRAME_PAGE    the repaired text of the next page
 * (empty when the page is at fault) ND_FRAME_RECORD  the record of the reading as JSON; last
 */
#ifndef ND_DOCUMENT_FRAME_H
#define ND_DOCUMENT_FRAME_H

#define ND_FRAME_MAGIC "ND-READ1"
#define ND_FRAME_HEAD_BYTES 5

enum nd_frame { ND_FRAME_COUNT = 'C', ND_FRAME_PAGE = 'P', ND_FRAME_RECORD = 'R' };

/** Exit statuses of nightdesk-read; out of memory is base's 75. What it says about the document is in the
 * record. LIMITS counts only before the magic: after it a hostile document may be speaking. */
enum { ND_READ_EXIT_USAGE = 2, ND_READ_EXIT_PIPE = 3, ND_READ_EXIT_LIMITS = 4 };

#endif
