#include "command.h"
#include <stddef.h>

const struct command *const commands[] = {
    &cmd_run,      &cmd_submit,  &cmd_resume, &cmd_status, &cmd_list,   &cmd_watch,
    &cmd_download, &cmd_approve, &cmd_reject, &cmd_answer, &cmd_cancel, &cmd_delete,
    &cmd_verify,   &cmd_replay,  &cmd_batch,  &cmd_phase,  &cmd_kb,     &cmd_models,
    &cmd_doctor,   &cmd_version, &cmd_help,   NULL,
};
