/* Plain text: the page text is the file's text, with form feeds taken for blank lines. */
#include "build.h"
#include "charset.h"
#include "kinds.h"

#include <string.h>

void nd_text_read(struct nd_job *job)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    struct nd_build b;
    nd_job_extractor(job, "nightdesk", "text");
    nd_charset_convert(job->charset, job->bytes, &text);
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\f') text.data[i] = '\n';
    }
    nd_build_open(&b, job);
    b.pre = true;
    struct nd_view whole = nd_bytes_view(&text);
    nd_build_add(&b, whole);
    nd_build_close(&b);
    nd_bytes_release(&text);
}
