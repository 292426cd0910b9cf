/* Plain text: the page texts are the file's text, with form feeds taken for blank lines. */
#include "build.h"
#include "kinds.h"

void nd_text_read(struct nd_job *job)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    struct nd_build b;
    nd_job_extractor(job, "nightdesk", "text");
    nd_build_open(&b, job);
    b.pre = true;
    nd_build_source(&b, &text);
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\f') text.data[i] = '\n';
    }
    nd_build_add(&b, nd_bytes_view(&text));
    nd_bytes_release(&text);
    nd_build_close(&b);
}
