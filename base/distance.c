/* base/distance.c: how far apart two names are, for "did you mean".
 *
 * Edits are those that fingers make: insert, delete, replace, swap neighbours (optimal string alignment). Three rows of the usual
 * table are kept, on the stack. */
#include "base/base.h"

enum { BYTES_COMPARED = 48 };

size_t sl_str_edit_distance(sl_str a, sl_str b)
{
    size_t rows[3][BYTES_COMPARED + 1];
    if (a.len > BYTES_COMPARED || b.len > BYTES_COMPARED)
        return SIZE_MAX;
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t change = above[j - 1] + (a.data[i - 1] != b.data[j - 1]);
            row[j] = SL_MIN(change, SL_MIN(above[j], row[j - 1]) + 1);
            bool is_swap =
                i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1];
            if (is_swap)
                row[j] = SL_MIN(row[j], above2[j - 2] + 1);
        }
    }
    return rows[a.len % 3][b.len];
}
