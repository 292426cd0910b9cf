/*
 * verify on a folder in which files were replaced: parts are manifest.json, report.json, report.html,
 * report.md, sources.bib, evidence/index.json and a page; an empty part leaves the file. Whoever also
 * replaced the manifest knows how to make its hashes right, so it is then only looked at; else each change is
 * found.
 */
#include "nightdesk/base/file.h"
#include "nightdesk/report/verify.h"
#include "report_rig.h"

#include <stdio.h>

enum { REPLACED = 7 };

static char folder[64];
static struct nd_artefact files;
static const char *names[REPLACED] = {"manifest.json", "report.json",         "report.html", "report.md",
                                      "sources.bib",   "evidence/index.json", NULL};

static void write_file(const char *name, struct nd_view bytes)
{
    char *path = nd_path_join(folder, name);
    FILE *f = fopen(path, "wb");
    FUZZ_CHECK(f && fwrite(bytes.data, 1, bytes.len, f) == bytes.len && fclose(f) == 0);
    nd_free(path);
}

static void remove_folder(void)
{
    (void)nd_file_remove_tree(folder, NULL);
    nd_artefact_release(&files);
}

static void make_folder(void)
{
    struct report_rig rig;
    struct nd_error err = {0};
    (void)snprintf(folder, sizeof folder, "%s/nd-fuzz-XXXXXX",
                   nd_file_is_dir("/dev/shm") ? "/dev/shm" : "/tmp");
    FUZZ_CHECK(mkdtemp(folder));
    report_rig_open(&rig, (struct nd_view){"", 0});
    FUZZ_CHECK(report_rig_render(&rig, &files));
    report_rig_close(&rig);
    for (size_t i = 0; i < files.file_count; i++) {
        const char *name = files.files[i].name;
        char *path = nd_path_join(folder, name), *slash = strrchr(path, '/');
        *slash = '\0';
        FUZZ_CHECK(nd_file_is_dir(path) || nd_file_mkdirs(path, &err) == ND_OK);
        nd_free(path);
        write_file(name, nd_bytes_view(&files.files[i].bytes));
        if (strstr(name, "/p1.txt")) names[REPLACED - 1] = name;
    }
    (void)atexit(remove_folder);
}

static bool replace(struct nd_view parts, bool *manifest)
{
    bool changed = false;
    for (size_t i = 0; i < REPLACED; i++) {
        struct nd_view part = fuzz_part(&parts), was = report_rig_file(&files, names[i]);
        if (part.len == 0 || nd_view_eq(part, was)) continue;
        write_file(names[i], part);
        changed = true;
        *manifest = *manifest || i == 0;
    }
    return changed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_verify v = {0};
    struct nd_error err = {0};
    bool manifest = false;
    if (!*folder) make_folder();
    bool changed = replace(fuzz_view(data, size), &manifest);
    enum nd_rc rc = nd_verify_dir(folder, NULL, "nightdesk 0.1.0", &v, &err);
    FUZZ_CHECK(rc == ND_OK || rc == ND_VERSION);
    if (rc == ND_OK && changed && !manifest) FUZZ_CHECK(nd_findings_total(&v.findings) > 0);
    if (!changed && nd_findings_total(&v.findings) > 0) fuzz_fail(__FILE__, __LINE__, v.findings.v[0].what);
    if (!changed)
        FUZZ_CHECK(rc == ND_OK && strcmp(v.level, "evidence") == 0 && nd_findings_total(&v.findings) == 0);
    nd_verify_release(&v);
    for (size_t i = 0; changed && i < REPLACED; i++) write_file(names[i], report_rig_file(&files, names[i]));
    return 0;
}
