#include "client/authorities.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"

#define MESSAGE_MAX 1024

static const char *const usual_files[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Ubuntu, Arch, Gentoo */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora, RHEL and its kin */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* the same, since the former is a link */
    "/etc/ssl/ca-bundle.pem",                            /* SUSE */
    "/var/lib/ca-certificates/ca-bundle.pem",            /* the same */
    "/etc/ssl/cert.pem",                                 /* Alpine, BSD */
};
static const char usual_folder[] = "/etc/ssl/certs";

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static pv_status copy_path(const char *name, const char *path, char out[PV_AUTHORITIES_PATH_MAX])
{
    size_t length = strlen(path);
    if (length >= PV_AUTHORITIES_PATH_MAX)
        return pv_fail(PV_ERROR_CONFIGURATION, "%s: %zu bytes are no path", name, length);
    memcpy(out, path, length + 1);
    return PV_OK;
}

/* The file that a variable names. */
static pv_status take_file(const char *name, const char *path, pv_authorities *out)
{
    if (access(path, R_OK) != 0)
        return pv_fail(PV_ERROR_CONFIGURATION,
                       "no certificate can be checked: %s is %s, which cannot be read: %s", name,
                       path, strerror(errno));
    return copy_path(name, path, out->file);
}

/* *found: the environment names a file or folders. */
static pv_status from_environment(pv_authorities *out, bool *found)
{
    const char *bundle = variable("CURL_CA_BUNDLE");
    const char *file = variable("SSL_CERT_FILE");
    const char *folder = variable("SSL_CERT_DIR"); /* several of them with colons between */
    *found = bundle || file || folder;
    if (bundle)
        return take_file("CURL_CA_BUNDLE", bundle, out);
    pv_status status = file ? take_file("SSL_CERT_FILE", file, out) : PV_OK;
    if (status == PV_OK && folder)
        status = copy_path("SSL_CERT_DIR", folder, out->folder);
    return status;
}

/* A folder with anything in it: an empty one knows no authority. */
static bool holds_anything(const char *path)
{
    DIR *folder = opendir(path);
    if (!folder)
        return false;
    bool found = false;
    for (struct dirent *entry; !found && (entry = readdir(folder)) != NULL;)
        found = entry->d_name[0] != '.';
    closedir(folder);
    return found;
}

static pv_status report_nothing(const char *root)
{
    pv_buffer places = pv_buffer_make(MESSAGE_MAX);
    pv_status status = PV_OK;
    for (size_t i = 0; i < sizeof usual_files / sizeof usual_files[0] && status == PV_OK; i++) {
        status = pv_buffer_append_text(&places, usual_files[i]);
        if (status == PV_OK)
            status = pv_buffer_append_text(&places, ", ");
    }
    if (status == PV_OK)
        status = pv_fail(PV_ERROR_CONFIGURATION,
                         "no certificate can be checked: this system has no certificates of "
                         "authorities (looked for %s%s%s): install ca-certificates, or set "
                         "SSL_CERT_FILE to a PEM file of them",
                         (const char *)places.data, root, usual_folder);
    pv_buffer_release(&places);
    return status;
}

/* Where the libcurl at hand was built to look, if that is there: its distribution knows best. */
static pv_status from_libcurl(const char *root, pv_authorities *out, bool *found)
{
    char path[PV_AUTHORITIES_PATH_MAX];
    const curl_version_info_data *built = curl_version_info(CURLVERSION_NOW);
    *found = false;
    if (built->age < CURLVERSION_SEVENTH || !built->cainfo)
        return PV_OK;
    int length = snprintf(path, sizeof path, "%s%s", root, built->cainfo);
    *found = length > 0 && (size_t)length < sizeof path && access(path, R_OK) == 0;
    return *found ? copy_path("libcurl's file", path, out->file) : PV_OK;
}

pv_status pv_authorities_find(const char *root, pv_authorities *out)
{
    bool found = false;
    char path[PV_AUTHORITIES_PATH_MAX];
    out->file[0] = out->folder[0] = '\0';
    pv_status status = from_environment(out, &found);
    if (!found)
        status = from_libcurl(root, out, &found);
    if (found || status != PV_OK)
        return status;
    for (size_t i = 0; i < sizeof usual_files / sizeof usual_files[0]; i++) {
        int length = snprintf(path, sizeof path, "%s%s", root, usual_files[i]);
        if (length > 0 && (size_t)length < sizeof path && access(path, R_OK) == 0)
            return copy_path("file", path, out->file);
    }
    int length = snprintf(path, sizeof path, "%s%s", root, usual_folder);
    if (length > 0 && (size_t)length < sizeof path && holds_anything(path))
        return copy_path("folder", path, out->folder);
    return report_nothing(root);
}

CURLcode pv_authorities_trust(CURL *handle, const pv_authorities *known)
{
    CURLcode code = curl_easy_setopt(handle, CURLOPT_CAINFO, known->file[0] ? known->file : NULL);
    return code ? code
                : curl_easy_setopt(handle, CURLOPT_CAPATH, known->folder[0] ? known->folder : NULL);
}
