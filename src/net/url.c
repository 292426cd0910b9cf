#include "nightdesk/net/http.h"
#include <string.h>

struct nd_view nd_url_host(struct nd_view url)
{
    size_t at = nd_view_find(url, ND_VIEW("://"), 0);
    if (at == SIZE_MAX) return (struct nd_view){NULL, 0};
    struct nd_view rest = nd_view_sub(url, at + 3, url.len);
    size_t end = 0;
    while (end < rest.len && !strchr("/?#", rest.data[end])) end++;
    rest = nd_view_sub(rest, 0, end);
    size_t user = nd_view_find(rest, ND_VIEW("@"), 0);
    if (user != SIZE_MAX) rest = nd_view_sub(rest, user + 1, rest.len);
    if (rest.len && rest.data[0] == '[') {
        size_t close = nd_view_find(rest, ND_VIEW("]"), 0);
        return close == SIZE_MAX ? (struct nd_view){NULL, 0} : nd_view_sub(rest, 1, close);
    }
    size_t port = nd_view_find(rest, ND_VIEW(":"), 0);
    return port == SIZE_MAX ? rest : nd_view_sub(rest, 0, port);
}

bool nd_url_is_local(struct nd_view url)
{
    struct nd_view host = nd_url_host(url);
    if (nd_view_is(host, "localhost") || nd_view_is(host, "::1")) return true;
    if (!nd_view_starts(host, "127.")) return false;
    for (size_t i = 0; i < host.len; i++)
        if (host.data[i] != '.' && (host.data[i] < '0' || host.data[i] > '9')) return false;
    return true;
}
