/* tests/store/temp_store.c: see the header. */
#include "tests/store/temp_store.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *const temp_drivers[] = {"memory", "sqlite"};
_Static_assert(SL_ARRAY_LEN(temp_drivers) == TEMP_DRIVER_COUNT, "");

/* In memory where the system has such a place: nothing here needs a real disk, and sweeps sync a thousand times. */
static const char *base_folder(void)
{
    const char *given = getenv("TMPDIR");
    if (given)
        return given;
    return access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
}

void temp_store_make(temp_store *temp, const char *driver)
{
    snprintf(temp->folder, sizeof temp->folder, "%s/sluice-test-XXXXXX", base_folder());
    ck_assert_msg(mkdtemp(temp->folder) != NULL, "cannot make %s", temp->folder);
    ck_assert_uint_lt(
        (unsigned)snprintf(temp->path, sizeof temp->path, "%.400s/test.db", temp->folder),
        sizeof temp->path);
    if (strcmp(driver, "memory") == 0)
        snprintf(temp->url, sizeof temp->url, "memory:");
    else
        snprintf(temp->url, sizeof temp->url, "%s:%.480s", driver, temp->path);
}

void temp_store_remove(temp_store *temp)
{
    DIR *folder = opendir(temp->folder);
    if (!folder)
        return;
    for (const struct dirent *entry; (entry = readdir(folder));)
        unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
    rmdir(temp->folder);
}
