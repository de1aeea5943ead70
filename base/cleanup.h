/* base/cleanup.h: ownership that ends with its scope, and the one way to hand it on. */
#pragma once

/* sl_cleanup(sl_buf_done) sl_buf buf = {0};
 * `function` gets the address of the variable. For a pointer type, SL_DEFINE_CLEANUP makes such a function from
 * the type's _free or _unref. */
#define sl_cleanup(function) __attribute__((cleanup(function)))

/* SL_DEFINE_CLEANUP(sl_plan *, sl_plan_unref)  defines  sl_plan_unrefp(sl_plan **). */
#define SL_DEFINE_CLEANUP(pointer_type, function)                                  \
    static inline __attribute__((unused)) void function##p(pointer_type *variable) \
    {                                                                              \
        if (*variable)                                                             \
            function(*variable);                                                   \
    }

/* Take what a variable owns and leave NULL behind, so that its cleanup does nothing. */
#define sl_take(pointer)                          \
    (__extension__({                              \
        __typeof__(pointer) sl_taken = (pointer); \
        (pointer) = NULL;                         \
        sl_taken;                                 \
    }))

#define SL_ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))
#define SL_MIN(a, b) ((a) < (b) ? (a) : (b))
#define SL_MAX(a, b) ((a) > (b) ? (a) : (b))
