/* `privid models` alone, for tests/model/test_models.py. */
#include "cli/models.h"

int main(int argc, char **argv)
{
    return argc < 2 ? 2 : privid_command_models(argc - 1, argv + 1);
}
