/* What an error document says. It comes from outside: any bytes, in JSON or XML, cut or empty. */
#include "request.h"
#include "nightdesk/base/json.h"
#include "nightdesk/base/text.h"
#include "xml.h"

#include <stdio.h>
#include <string.h>

void nd_aws_answer_release(struct nd_aws_answer *answer)
{
    nd_http_answer_release(&answer->http);
    nd_json_free(answer->document);
    *answer = (struct nd_aws_answer){0};
}

void nd_aws_set_message(struct nd_aws_answer *answer, struct nd_view text)
{
    struct nd_bytes out = ND_BYTES(ND_BYTES_MAX);
    nd_text_printable(nd_view_sub(text, 0, sizeof answer->message), &out);
    size_t len = nd_utf8_cut(nd_bytes_view(&out), sizeof answer->message - 1);
    (void)snprintf(answer->message, sizeof answer->message, "%.*s", (int)len, nd_bytes_view(&out).data);
    nd_bytes_release(&out);
}

/* "com.amazonaws.dynamodb.v20120810#Throttling:http://…" -> "Throttling" */
static void set_code(struct nd_aws_answer *answer, struct nd_view text)
{
    size_t hash = SIZE_MAX, at = 0;
    while ((at = nd_view_find(text, ND_VIEW("#"), at)) != SIZE_MAX) hash = at++;
    if (hash != SIZE_MAX) text = nd_view_sub(text, hash + 1, text.len);
    text = nd_view_trim(nd_view_sub(text, 0, nd_view_find(text, ND_VIEW(":"), 0)));
    bool fine = text.len > 0 && text.len < sizeof answer->code;
    for (size_t i = 0; i < text.len && fine; i++) fine = text.data[i] > ' ' && text.data[i] <= '~';
    (void)snprintf(answer->code, sizeof answer->code, "%.*s", fine ? (int)text.len : 0,
                   fine ? text.data : "");
}

static void read_json(struct nd_aws_answer *answer)
{
    struct nd_json *json = NULL;
    if (nd_json_parse(&json, nd_bytes_view(&answer->http.body), NULL) != ND_OK) return;
    const char *code = nd_json_get_str(json, "__type"), *message = nd_json_get_str(json, "message");
    if (!message) message = nd_json_get_str(json, "Message");
    if (code) set_code(answer, nd_view_of(code));
    if (message) nd_aws_set_message(answer, nd_view_of(message));
    nd_json_free(json);
}

static void read_xml(struct nd_aws_answer *answer)
{
    struct nd_view root, inner;
    if (!nd_xml_open(nd_bytes_view(&answer->http.body), &root, &inner)) return;
    if (nd_view_is(root, "ErrorResponse")) {
        inner = nd_xml_child(inner, "Error");
    } else if (!nd_view_is(root, "Error")) {
        return;
    }
    struct nd_bytes message = ND_BYTES(4096);
    set_code(answer, nd_xml_child(inner, "Code"));
    if (nd_xml_text(nd_xml_child(inner, "Message"), &message))
        nd_aws_set_message(answer, nd_bytes_view(&message));
    nd_bytes_release(&message);
}

void nd_aws_read_error(struct nd_aws_answer *answer)
{
    struct nd_view body = nd_view_trim(nd_bytes_view(&answer->http.body));
    set_code(answer, nd_http_header(&answer->http, "x-amzn-errortype"));
    if (nd_view_starts(body, "{")) {
        read_json(answer);
    } else if (nd_view_starts(body, "<")) {
        read_xml(answer);
    }
}

struct nd_verdict nd_aws_torn(struct nd_aws_answer *answer, const char *why)
{
    nd_aws_set_message(answer, nd_view_of(why));
    return (struct nd_verdict){ND_ANSWER_TRANSIENT, ND_UNKNOWN};
}

struct nd_verdict nd_aws_error_inside(struct nd_aws_answer *answer, struct nd_verdict by_table)
{
    if (by_table.kind != ND_ANSWER_FINE) return by_table;
    nd_aws_read_error(answer);
    if (!*answer->code) return by_table;
    struct nd_verdict said = nd_retry_verdict(0, answer->code);
    bool is_known = said.kind != ND_ANSWER_FINAL || said.rc != ND_BROKEN;
    return is_known ? said : (struct nd_verdict){ND_ANSWER_TRANSIENT, ND_UNKNOWN};
}
