/**
 * The models of a run as one: who writes, who reads, who stands in, and a guardrail.
 *
 * The fallback is asked instead when a model refuses a call for good (an error answer, or its key or name is
 * refused), and for five minutes when it has only asked to wait for a minute or twice in a row no answer
 * came. It never sees text that must stay on this machine unless it is on it. The observation's "by" says who
 * answered; a bound is that of the dearer of the two.
 */
#ifndef NIGHTDESK_MODEL_ROLES_H
#define NIGHTDESK_MODEL_ROLES_H

#include "nightdesk/base/host.h"
#include "nightdesk/core/model.h"

#define ND_OVERLOADED_MS (60 * 1000) /* nothing but refusals for so long */
#define ND_AWAY_MS (5 * 60 * 1000)   /* how long the fallback stands in then */

struct nd_roles {
    struct nd_model *write;
    struct nd_model *read;     /* of the role "read"; NULL: the one that writes */
    struct nd_model *fallback; /* NULL: none */
    bool fallback_is_here;     /* on this machine */
    struct nd_model *guard;    /* of the role "guard" (model/guardrail.h); NULL: none. Nobody stands in */
};

/** Takes over the models; write alone is given back as it is. Close with nd_model_close. */
struct nd_model *nd_roles_open(const struct nd_roles *roles, const struct nd_host *host);

#endif
