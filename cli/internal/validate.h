/* cli/internal/validate.h: the two judges of `sluice validate`, and what is common to them. */
#pragma once

#include "cli/internal/input.h"
#include "cli/internal/remote.h"
#include "cli/internal/verdict.h"

/* In the order of the choices of --input. */
typedef enum sl_input_form { SL_INPUT_BINARY, SL_INPUT_FRAMED, SL_INPUT_DELIMITED } sl_input_form;

typedef struct sl_validate_args {
    sl_remote remote;
    const char *topic;            /* judged by a server */
    int64_t version;              /* 0: as the contract says */
    const char *schema, *message; /* judged here */
    sl_option_list roots;         /* of a schema that is text */
    int input;                    /* sl_input_form */
    int unknown_fields;           /* sl_unknown_policy, -1: not said */
} sl_validate_args;

/* Judges the payloads of inputs. `judge` gets one input after the other, tells its verdicts, counts them in
 * `tally`, and notes in it what could not be judged. */
typedef struct sl_judge sl_judge;
struct sl_judge {
    void (*judge)(sl_judge *self, sl_input *input, sl_verdict_tally *tally);
};

/* All inputs named by `files` (none: standard input), one after the other. Returns an exit status. */
int sl_validate_inputs(sl_judge *judge, const sl_validate_args *args, const sl_arguments *files);

/* With --topic: the server judges. With --schema: this process does. Each returns an exit status. */
int sl_validate_by_server(const sl_command *command, sl_validate_args *args,
                          const sl_arguments *files);
int sl_validate_by_schema(const sl_command *command, sl_validate_args *args,
                          const sl_arguments *files);
