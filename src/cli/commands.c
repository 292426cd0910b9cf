#include "command.h"
#include <stddef.h>

const struct command *const commands[] = {&cmd_models, &cmd_version, &cmd_help, NULL};
