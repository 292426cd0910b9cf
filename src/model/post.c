#include "post.h"
#include "nightdesk/aws/bedrock.h"
#include "nightdesk/base/alloc.h"

char *post_url(const char *base, const char *path)
{
    struct nd_view at = nd_view_of(base);
    return nd_sprintf("%.*s%s", (int)(at.len - nd_view_ends(at, "/")), base, path);
}

enum nd_rc post_send(struct nd_http *http, const struct post *post, const atomic_bool *stop,
                     struct nd_http_answer *answer, struct nd_error *err)
{
    if (post->aws) {
        const struct nd_bedrock_post signed_post = {.path = post->path,
                                                    .body = post->body,
                                                    .total_ms = post->total_ms,
                                                    .idle_ms = post->idle_ms,
                                                    .max_body_bytes = post->max_body_bytes,
                                                    .stop = stop};
        return nd_bedrock_post(post->aws, &signed_post, answer, err);
    }
    const char *headers[4] = {"Content-Type: application/json", NULL}, **next = headers + 1;
    if (post->authorization) *next++ = post->authorization;
    if (post->header) *next++ = post->header;
    struct nd_http_request request = {.method = "POST",
                                      .url = post->url,
                                      .headers = headers,
                                      .body = post->body,
                                      .total_ms = post->total_ms,
                                      .idle_ms = post->idle_ms,
                                      .max_body_bytes = post->max_body_bytes};
    return nd_http_send(http, &request, stop, answer, err);
}
