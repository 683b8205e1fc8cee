#include <stdio.h>
#include <sys/stat.h>

#include "base/log.h"
#include "server/admin.h"
#include "server/options.h"
#include "server/serve.h"

int main(int argc, char **argv)
{
    pv_options options;
    if (pv_options_parse(argc, argv, &options) != PV_OK) {
        fprintf(stderr, "privid-server: %s\n\n%s", pv_error_message(), pv_options_usage);
        return PV_EXIT_USAGE;
    }
    umask(077); /* whatever is written is nobody else's business */
    (void)pv_log_set_level(options.log_level);
    switch (options.command) {
    case PV_COMMAND_HELP: return fputs(pv_options_usage, stdout) < 0;
    case PV_COMMAND_VERSION: return puts("privid-server " PRIVID_VERSION) < 0;
    case PV_COMMAND_SERVE: return pv_serve_run(&options);
    default: return pv_admin_run(&options);
    }
}
